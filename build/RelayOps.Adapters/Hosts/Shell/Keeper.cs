using System.Globalization;
using System.Text;

namespace RelayOps.Adapters.Hosts.Shell;

/// <summary>
/// The first command of a connection: a small shell on the other side that knows the process group of every running command, signals it
/// when told to, and ends all of them when its input ends. The input ends when the connection is cut or when this process dies, even by
/// KILL; sshd itself ends nothing in that case.
/// </summary>
internal sealed class Keeper(IShellChannel channel) : IAsyncDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);

    public IShellChannel Channel => channel;

    /// <summary>
    /// A group led by root (sudo) takes signals from root alone, hence the second try through sudo, for commands that began with it.
    /// </summary>
    public static string Script(string token, TimeSpan grace)
    {
        var seconds = Math.Max(1, (int)Math.Ceiling(grace.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return $$"""
            trap '' HUP INT TERM PIPE
            printf '%s %s\n' {{token}} "$$"
            all=' '; roots=' '
            hit() {
              kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" "$2" 2>/dev/null
              case $roots in *" $2 "*) sudo -n kill -s "$1" -- "-$2" </dev/null >/dev/null 2>&1 ;; esac
            }
            while read -r what pid; do
              case $what in
                add) all="$all$pid " ;;
                root) all="$all$pid "; roots="$roots$pid " ;;
                del) case $all in *" $pid "*) all="${all%% $pid *} ${all#* $pid }" ;; esac
                     case $roots in *" $pid "*) roots="${roots%% $pid *} ${roots#* $pid }" ;; esac ;;
                ping) printf 'pong\n' ;;
                *) hit "$what" "$pid" ;;
              esac
            done
            for pid in $all; do hit TERM "$pid"; hit CONT "$pid"; done
            [ "$all" = ' ' ] && exit 0
            sleep {{seconds}}
            for pid in $all; do hit KILL "$pid"; done
            """;
    }

    public Task AddAsync(int group, bool asRoot) => SayAsync(asRoot ? "root" : "add", group);

    public Task RemoveAsync(int group) => SayAsync("del", group);

    /// <param name="signal">A name without SIG.</param>
    public Task SignalAsync(string signal, int group) => SayAsync(signal, group);

    public Task PingAsync() => SayAsync("ping", 0);

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync().ConfigureAwait(false);
        _writing.Dispose();
    }

    /// <summary>A keeper that cannot be told anything is gone with its connection, and has ended the commands by itself.</summary>
    private async Task SayAsync(string what, int group)
    {
        var line = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{what} {group}\n"));
        try
        {
            await _writing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                await channel.Input.WriteAsync(line, CancellationToken.None).ConfigureAwait(false);
                await channel.Input.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                _writing.Release();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // See the summary: nothing is left to tell.
        }
    }
}
