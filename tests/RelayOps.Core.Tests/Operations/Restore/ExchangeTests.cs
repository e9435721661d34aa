using System.Diagnostics;
using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Tests.Operations.Restore;

/// <summary>The scripts themselves, in a directory of this machine: broken off after every rename and taken back.</summary>
public sealed class ExchangeTests : IDisposable
{
    private static readonly ExchangedItem[] Items =
    [
        new("data", ".relayops/staging-s/data", "data.bak.s"),
        new("new", ".relayops/staging-s/new", "new.bak.s"),
        new("gone", null, "gone.bak.s"),
        new("redis_data", ".relayops/staging-s/redis_data", "redis_data.bak.s"),
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("relayops-exchange-").FullName;

    public ExchangeTests()
    {
        foreach (var name in new[] { "data", "redis_data" })
            Write($"{name}/file", "old");
        Write("gone", "old");
        foreach (var name in new[] { "data", "redis_data" })
            Write($".relayops/staging-s/{name}/file", "new");
        Write(".relayops/staging-s/new", "new");
    }

    [Fact]
    public void Forward_replaces_whole_directories_and_puts_the_former_aside()
    {
        Assert.Equal(0, Run(Exchange.Forward(_directory, Items, "redis_data", "{before}", "{after}")));

        Assert.Equal("new new - new | old - old old | after", State());
    }

    [Fact]
    public void Back_restores_the_former_state_from_wherever_it_was_left()
    {
        var steps = Run(Exchange.Forward(_directory, Items, "redis_data", "{before}", "{after}"));
        Assert.Equal(0, steps);

        Assert.Equal(0, Run(Exchange.Back(_directory, Items, "s", copies: false)));
        Assert.Equal("old - old old | - - - - | after", State());
        Assert.Equal("new", Read(".relayops/staging-s/data/file"));
        Assert.Equal(0, Run(Exchange.Back(_directory, Items, "s", copies: false)));
        Assert.Equal("old - old old | - - - - | after", State());
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public void Back_undoes_a_forward_that_was_killed_after_any_rename(int renames)
    {
        // A mv that ends the shell at its nth call: what a kill in between leaves behind.
        var bin = Path.Combine(_directory, "bin");
        Directory.CreateDirectory(bin);
        Write("bin/mv", $"#!/bin/sh\ncase $* in *journal*) exec /bin/mv \"$@\" ;; esac\n/bin/mv \"$@\"\necho x >> {_directory}/count\n"
            + $"[ \"$(wc -l < {_directory}/count)\" -lt {renames} ] || kill -KILL $PPID\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(bin, "mv"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.NotEqual(0, Run(Exchange.Forward(_directory, Items, "redis_data", "{before}", "{after}"), bin));

        Assert.Equal(0, Run(Exchange.Back(_directory, Items, "s", copies: false)));

        Assert.Equal("old - old old | - - - - | before", State());
    }

    [Fact]
    public void Back_leaves_originals_where_they_are_while_their_copies_are_not_made_yet()
    {
        Directory.Delete(Path.Combine(_directory, ".relayops/staging-s/redis_data"), recursive: true);
        ExchangedItem[] copied = [Items[0], Items[3]];

        Assert.Equal(0, Run(Exchange.Back(_directory, copied, "s", copies: true)));
        Assert.Equal(("old", "old"), (Read("data/file"), Read("redis_data/file")));

        Write(".relayops/staging-s/redis_data/file", "new");
        Assert.Equal(0, Run(Exchange.Forward(_directory, copied, "redis_data", "{before}", "{after}")));
        Assert.Equal(0, Run(Exchange.Back(_directory, copied, "s", copies: true)));
        Assert.Equal(("old", "old", "new"), (Read("data/file"), Read("redis_data/file"), Read(".relayops/staging-s/redis_data/file")));
    }

    [Fact]
    public void Forward_does_nothing_when_a_process_has_the_dataset_open()
    {
        using var holder = File.OpenRead(Path.Combine(_directory, "redis_data/file"));

        Assert.Equal(Exchange.InUse, Run(Exchange.Forward(_directory, Items, "redis_data", "{before}", "{after}")));
        Assert.Equal("old - old old | - - - - | ", State());
    }

    [Fact]
    public void Forward_gives_way_to_a_watchdog_that_acts()
    {
        Directory.CreateDirectory(Path.Combine(_directory, ".relayops/watch/undoing"));

        Assert.Equal(Exchange.TakenOver, Run(Exchange.Forward(_directory, Items, "redis_data", "{before}", "{after}")));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string State() => string.Join(' ', Read("data/file"), Read("new"), Read("gone"), Read("redis_data/file")) + " | "
        + string.Join(' ', Read("data.bak.s/file"), Read("new.bak.s"), Read("gone.bak.s"), Read("redis_data.bak.s/file")) + " | "
        + Read(".relayops/journal.json").Trim('-', '{', '}', '\n');

    private string Read(string name) => File.Exists(Path.Combine(_directory, name)) ? File.ReadAllText(Path.Combine(_directory, name)) : "-";

    private void Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static int Run(HostCommand command, string? bin = null)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        if (bin is not null)
            start.Environment["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
