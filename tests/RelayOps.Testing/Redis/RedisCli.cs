using System.Collections.Immutable;
using System.Globalization;
using RelayOps.Testing.Processes;

namespace RelayOps.Testing.Redis;

/// <summary>This machine's <c>redis-cli</c>, pointed at one Redis.</summary>
/// <param name="ConnectionArguments">Host, port, socket and TLS; never the password.</param>
/// <param name="Password">Handed over in the environment.</param>
public sealed record RedisCli(ImmutableArray<string> ConnectionArguments, string? Password)
{
    /// <summary>The words before the program where it must see another network; none for this machine's own.</summary>
    public ImmutableArray<string> Inside { get; init; } = [];

    /// <summary>What one command answers, without the last line end.</summary>
    /// <exception cref="ShellException">Not reachable, or Redis answered with an error.</exception>
    public async Task<string> RunAsync(ImmutableArray<string> command, CancellationToken cancellationToken) =>
        (await Shell.RunAsync(Command(["-e", .. command]), cancellationToken)).TrimEnd('\n');

    /// <summary>Keys in one database.</summary>
    public async Task<int> CountAsync(int database, CancellationToken cancellationToken) =>
        int.Parse(await RunAsync(["-n", $"{database}", "DBSIZE"], cancellationToken), CultureInfo.InvariantCulture);

    /// <summary>One field of <c>INFO</c>.</summary>
    public async Task<string> InfoAsync(string field, CancellationToken cancellationToken) =>
        (await RunAsync(["INFO", "everything"], cancellationToken)).Split('\n')
            .First(line => line.StartsWith(field + ":", StringComparison.Ordinal))[(field.Length + 1)..].Trim();

    /// <summary>Sends commands in bulk; returns how many Redis answered, and throws when one was refused.</summary>
    public async Task<long> PipeAsync(Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        var output = await Shell.RunAsync(Command(["--pipe"]) with { Input = write }, cancellationToken);
        var last = output.TrimEnd().Split('\n')[^1]; // errors: 0, replies: 1300
        var numbers = last.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        return numbers is ["errors:", "0", "replies:", var replies]
            ? long.Parse(replies, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"redis-cli --pipe: {last}");
    }

    /// <summary>Waits until no save and no rewrite of the append-only file runs or is about to.</summary>
    public async Task WaitUntilIdleAsync(CancellationToken cancellationToken)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        string[] busy = ["rdb_bgsave_in_progress:1", "aof_rewrite_in_progress:1", "aof_rewrite_scheduled:1", "loading:1"];
        while ((await RunAsync(["INFO", "persistence"], cancellationToken)).Split(["\r\n", "\n"], StringSplitOptions.None).Intersect(busy).Any())
            await tick.WaitForNextTickAsync(cancellationToken);
    }

    /// <summary>A <c>redis-cli</c> call as a value.</summary>
    public ShellCommand Command(ImmutableArray<string> arguments) => Shell.Line([.. Inside, "redis-cli", .. ConnectionArguments, .. arguments]) with
    {
        Environment = Password is null
            ? ImmutableDictionary<string, string>.Empty
            : ImmutableDictionary<string, string>.Empty.Add("REDISCLI_AUTH", Password),
    };

    /// <summary>Without the password.</summary>
    public override string ToString() => $"redis-cli {string.Join(' ', ConnectionArguments)}";
}
