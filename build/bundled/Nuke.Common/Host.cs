using System.ComponentModel;
using System.Globalization;
using Nuke.Common.Execution;

namespace Nuke.Common;

/// <summary>Where the build runs, and how one talks there.</summary>
[TypeConverter(typeof(HostConverter))]
public abstract class Host
{
    protected Host() => Instance = this;

    internal static Host Instance { get; private set; }

    internal virtual bool SupportsAnsi => Palette.TerminalSupportsAnsi;

    /// <summary>The first that is running; a plain terminal otherwise.</summary>
    internal static Host Detect() => CI.GitHubActions.GitHubActions.IsRunningGitHubActions ? new CI.GitHubActions.GitHubActions() : new Terminal();

    internal static void Success(string text = "") => Palette.Write(text, Palette.Success);

    internal static void Debug(string text = "") => Palette.Write(text, Palette.Debug);

    internal static void Information(string text = "") => Palette.Write(text, Palette.Information);

    internal static void Warning(string text = "") => Palette.Write(text, Palette.Warning);

    internal static void Error(string text = "") => Palette.Write(text, Palette.Error);

    /// <summary>Sets a part of the output apart; disposing ends it.</summary>
    protected internal virtual IDisposable WriteBlock(string text)
    {
        Debug();
        Debug("╬" + new string('═', text.Length + 5));
        foreach (var line in text.Split(Environment.NewLine))
            Debug($"║ {Palette.Colored(line, Palette.Information)}");
        Debug("╬" + new string('═', Math.Max(text.Length - 4, 2)));
        Debug();
        return Block.Nothing;
    }

    protected internal virtual void ReportWarning(string text, string details = null)
    {
    }

    protected internal virtual void ReportError(string text, string details = null)
    {
    }

    /// <returns>True when the message was for the host itself and is not logged.</returns>
    protected internal virtual bool FilterMessage(string message) => false;

    private sealed class HostConverter : TypeConverter
    {
        public override bool CanConvertFrom(ITypeDescriptorContext context, Type sourceType) =>
            sourceType == typeof(string) || base.CanConvertFrom(context, sourceType);

        public override object ConvertFrom(ITypeDescriptorContext context, CultureInfo culture, object value) => value switch
        {
            string name when nameof(Terminal).Equals(name, StringComparison.OrdinalIgnoreCase) => new Terminal(),
            string name when nameof(CI.GitHubActions.GitHubActions).Equals(name, StringComparison.OrdinalIgnoreCase) => new CI.GitHubActions.GitHubActions(),
            string name => throw new ArgumentException($"There is no host '{name}'"),
            _ => base.ConvertFrom(context, culture, value),
        };
    }
}

/// <summary>Ends a block of output when disposed.</summary>
internal sealed class Block(Action end) : IDisposable
{
    public static readonly Block Nothing = new(() => { });

    public void Dispose() => end();
}
