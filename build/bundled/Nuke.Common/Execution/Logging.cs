using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;
using Serilog.Sinks.SystemConsole.Themes;

namespace Nuke.Common.Execution;

/// <summary>Serilog as NUKE sets it up: the console, the host's annotations, and a memory of what went wrong for the end.</summary>
public static class Logging
{
    private const string Template = "[{Level:u3}] {Message:l}{NewLine}{Exception}";

    private static readonly MessageTemplateTextFormatter Unquoted = new("{Message:l}");

    private static LogLevel _level = LogLevel.Normal;
    private static LoggingLevelSwitch _switch;

    public static LogLevel Level
    {
        get => _level;
        set
        {
            _level = value;
            Apply();
        }
    }

    internal static string Target { get; private set; } = string.Empty;

    public static void Configure(INukeBuild build = null)
    {
        _switch = new LoggingLevelSwitch();
        Apply();
        var configuration = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.Console(
                outputTemplate: build?.IsOutputEnabled(DefaultOutput.Timestamps) == true ? "{Timestamp:HH:mm:ss} " + Template : Template,
                theme: ThemeOf(build?.Host),
                applyThemeToRedirectedOutput: true,
                levelSwitch: _switch);
        if (build is not null)
        {
            configuration
                .Filter.ByExcluding(message => build.Host.FilterMessage(message.MessageTemplate.Text))
                .WriteTo.Sink(new HostSink(build.Host), LogEventLevel.Warning)
                .WriteTo.Sink(ErrorsAndWarnings.Instance, LogEventLevel.Warning);
        }

        Log.Logger = configuration.CreateLogger();
    }

    internal static IDisposable SetTarget(string name)
    {
        Target = name;
        return new Block(() => Target = string.Empty);
    }

    internal static void RepeatErrorsAndWarnings()
    {
        var events = ErrorsAndWarnings.Instance.Events;
        if (events.Count == 0)
            return;

        using (NukeBuild.Host.WriteBlock("Errors & Warnings"))
        {
            foreach (var (target, message) in events)
            {
                var isWarning = message.Level == LogEventLevel.Warning;
                var level = isWarning ? "WRN" : message.Level == LogEventLevel.Fatal ? "FTL" : "ERR";
                var text = new StringWriter();
                Unquoted.Format(message, text);
                Palette.Write($"[{level}] {target}: {text}", isWarning ? Palette.Warning : Palette.Error);
            }
        }
    }

    private static void Apply()
    {
        if (_switch is not null)
            ApplyTo(_switch);
    }

    private static void ApplyTo(LoggingLevelSwitch levelSwitch) => levelSwitch.MinimumLevel = _level switch
    {
        LogLevel.Trace => LogEventLevel.Verbose,
        LogLevel.Normal => LogEventLevel.Debug,
        LogLevel.Warning => LogEventLevel.Warning,
        _ => LogEventLevel.Error,
    };

    private static ConsoleTheme ThemeOf(Host host) => (host?.SupportsAnsi ?? Palette.TerminalSupportsAnsi)
        ? new AnsiConsoleTheme(new Dictionary<ConsoleThemeStyle, string>
        {
            [ConsoleThemeStyle.Text] = "\u001B[39m",
            [ConsoleThemeStyle.LevelVerbose] = Palette.Verbose,
            [ConsoleThemeStyle.LevelDebug] = Palette.Debug,
            [ConsoleThemeStyle.LevelInformation] = Palette.Information,
            [ConsoleThemeStyle.LevelWarning] = Palette.Warning,
            [ConsoleThemeStyle.LevelError] = Palette.Error,
            [ConsoleThemeStyle.LevelFatal] = Palette.Fatal,
        })
        : ConsoleTheme.None;

    private sealed class HostSink(Host host) : ILogEventSink
    {
        public void Emit(LogEvent logEvent)
        {
            if (logEvent.Level == LogEventLevel.Warning)
                host.ReportWarning(logEvent.RenderMessage(), logEvent.Exception?.ToString());
            else
                host.ReportError(logEvent.RenderMessage(), logEvent.Exception?.ToString());
        }
    }

    private sealed class ErrorsAndWarnings : ILogEventSink
    {
        public static readonly ErrorsAndWarnings Instance = new();

        private readonly List<(string Target, LogEvent Message)> _events = [];

        public IReadOnlyList<(string Target, LogEvent Message)> Events
        {
            get
            {
                lock (_events)
                    return [.. _events];
            }
        }

        public void Emit(LogEvent logEvent)
        {
            lock (_events)
                _events.Add((Target, logEvent));
        }
    }
}
