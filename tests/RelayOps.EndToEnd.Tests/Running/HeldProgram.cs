using System.Text;
using RelayOps.Testing.Processes;

namespace RelayOps.EndToEnd.Tests.Running;

/// <summary>A program that stands still at one of its calls and never does it, so that a run is met at that very point, however fast it is.</summary>
public sealed class HeldProgram : IDisposable
{
    private readonly string _directory;
    private readonly FileStream _reached;
    private readonly FileStream _released;

    private HeldProgram(string directory)
    {
        _directory = directory;
        _reached = Open("reached");
        _released = Open("released");
    }

    /// <summary>The PATH of a run that is to find it.</summary>
    public string SearchPath => $"{_directory}/bin:{Environment.GetEnvironmentVariable("PATH")}";

    /// <param name="directory">Is made, for its files.</param>
    /// <param name="program">Its name; every other call is the real one's.</param>
    /// <param name="argument">What a call has among its arguments to be counted.</param>
    /// <param name="call">Which of these is held, from 1.</param>
    public static async Task<HeldProgram> CreateAsync(string directory, string program, string argument, int call)
    {
        var wrapper = Path.Combine(Directory.CreateDirectory(Path.Combine(directory, "bin")).FullName, program);
        await Shell.RunAsync("mkfifo", [Path.Combine(directory, "reached"), Path.Combine(directory, "released")], CancellationToken.None);
        await File.WriteAllTextAsync(wrapper, $$"""
            #!/bin/sh
            case " $* " in *'{{argument}}'*)
              echo >>'{{directory}}/calls'
              if [ "$(wc -l <'{{directory}}/calls')" -eq {{call}} ]; then
                echo >'{{directory}}/reached'
                read -r _ <'{{directory}}/released'
                exit 1
              fi
            esac
            PATH=${PATH#*:} exec {{program}} "$@"

            """);
        File.SetUnixFileMode(wrapper, (UnixFileMode)0b111_101_101);
        return new HeldProgram(directory);
    }

    /// <summary>Returns when the run stands there.</summary>
    public async Task IsReachedAsync(RelayOpsProcess run)
    {
        var ended = run.WaitAsync();
        if (await Task.WhenAny(_reached.ReadAsync(new byte[1]).AsTask(), ended) == ended)
            Assert.Fail($"it ended without being held:\n{await ended}");
    }

    /// <summary>Ends what still stands there, and whoever waits for it.</summary>
    public void Dispose()
    {
        foreach (var end in new[] { _reached, _released })
        {
            end.Write(Encoding.ASCII.GetBytes("\n"));
            end.Dispose();
        }
    }

    /// <summary>Both ways, so that opening it waits for nobody.</summary>
    private FileStream Open(string fifo) =>
        new(Path.Combine(_directory, fifo), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
}
