using System.Diagnostics;
using RelayOps.Core.Hosts;
using RelayOps.Core.Operations.Migrate;

namespace RelayOps.Core.Tests.Operations.Migrate;

/// <summary>The scripts themselves, with a home of their own: whose line is in authorized_keys is nobody's to lose.</summary>
public sealed class DirectKeysTests : IDisposable
{
    private const string Id = "0123456789abcdef";
    private const string Key = "ssh-ed25519 AAAAC3Nz relayops-direct-0123456789abcdef";

    private readonly string _home = Directory.CreateTempSubdirectory("relayops-home-").FullName;
    private readonly DirectKeys _keys = new(Id);

    private string File => Path.Combine(_home, ".ssh/authorized_keys");

    [Theory]
    [InlineData("ssh-rsa AAAA one\nssh-rsa BBBB two\n")]
    [InlineData("# a remark\n\n   from=\"10.0.0.1\" ssh-rsa AAAA one")]
    [InlineData("ssh-rsa AAAA one\u00ff\u0001\r\nssh-rsa BBBB relayops-direct-ffffffffffffffff\n")]
    [InlineData("")]
    public void AdmitCommand_adds_one_line_and_DismissCommand_leaves_every_other(string former)
    {
        Write(former, "640");

        Assert.Equal(0, Run(_keys.AdmitCommand, Key + "\n").Status);
        Assert.Equal(0, Run(_keys.AdmitCommand, Key + "\n").Status);

        var admitted = Read();
        var ended = former.Length == 0 || former.EndsWith('\n') ? former : former + "\n";
        Assert.StartsWith(ended + "restrict,expiry-time=\"20", admitted);
        Assert.EndsWith($"command=\"sh .ssh/relayops-direct-{Id}/take\" {Key}\n", admitted);
        Assert.Equal(ended.Count(c => c == '\n') + 1, admitted.Count(c => c == '\n'));
        Assert.Equal("640", Mode(File));
        Assert.Equal([$".ssh/authorized_keys", $".ssh/relayops-direct-{Id}"], Run(_keys.DismissCommand, "").Lines);
        Assert.Equal(ended, Read());
        Assert.Equal("640", Mode(File));
        Assert.Equal(["authorized_keys"], Directory.GetFileSystemEntries(Path.Combine(_home, ".ssh")).Select(Path.GetFileName));
        Assert.Equal((0, ""), (Run(_keys.DismissCommand, "").Status, string.Join(' ', Run(_keys.DismissCommand, "").Lines)));
    }

    [Fact]
    public void DismissCommand_removes_what_AdmitCommand_had_to_make_and_keeps_a_link_a_link()
    {
        Assert.Equal(0, Run(_keys.AdmitCommand, Key + "\n").Status);
        Assert.Equal("600", Mode(File));
        Assert.Equal(0, Run(_keys.DismissCommand, "").Status);
        Assert.Empty(Directory.GetFileSystemEntries(_home));
        Assert.Equal(0, Run(_keys.DismissCommand, "").Status);

        Write("", "600");
        System.IO.File.WriteAllText(Path.Combine(_home, "elsewhere"), "ssh-rsa AAAA one\n");
        System.IO.File.Delete(File);
        System.IO.File.CreateSymbolicLink(File, "../elsewhere");
        Assert.Equal(0, Run(_keys.AdmitCommand, Key + "\n").Status);
        Assert.Equal("../elsewhere", new FileInfo(File).LinkTarget);
        Assert.Contains(Key, System.IO.File.ReadAllText(Path.Combine(_home, "elsewhere")));
        Assert.Equal(0, Run(_keys.DismissCommand, "").Status);
        Assert.Equal("ssh-rsa AAAA one\n", System.IO.File.ReadAllText(Path.Combine(_home, "elsewhere")));
    }

    [Fact]
    public void AdmitCommand_lets_the_key_do_what_lies_ready_and_that_once()
    {
        Run(_keys.AdmitCommand, Key + "\n");
        Assert.Equal(0, Run(_keys.AllowCommand("7"), "cat; echo done\n").Status);

        Assert.Equal(126, Take("8").Status);
        foreach (var other in new[] { "", "take", "7; id", "../7", "sh", "made" })
            Assert.Equal(126, Take(other).Status);
        Assert.Equal(["hello", "done"], Take("7").Lines);
        Assert.Equal(126, Take("7").Status);
    }

    [Theory]
    [InlineData("ssh-ed25519 AAAA relayops-direct-0123456789abcdef", true)]
    [InlineData("ssh-ed25519 AAAA relayops-direct-0123456789abcdee", false)]
    [InlineData("command=\"sh\" ssh-ed25519 AAAA relayops-direct-0123456789abcdef", false)]
    [InlineData("ssh-ed25519 AAAA relayops-direct-0123456789abcdef\nssh-rsa BBBB mine", false)]
    public void IsPublicKey_takes_nothing_else_from_another_server(string line, bool isKey) => Assert.Equal(isKey, _keys.IsPublicKey(line));

    [Fact]
    public void MakeCommand_makes_a_private_key_that_ForgetCommand_removes()
    {
        var made = Run(_keys.MakeCommand(_home), "relayops-new-server ssh-ed25519 AAAA\n");

        Assert.Equal(0, made.Status);
        Assert.True(_keys.IsPublicKey(made.Lines[^1]), made.Lines[^1]);
        var directory = made.Lines[^2];
        Assert.Equal("700", Mode(directory));
        Assert.Equal("600", Mode(Path.Combine(directory, "key")));
        Assert.Equal([directory], Run(_keys.ForgetCommand(_home), "").Lines);
        Assert.False(Directory.Exists(directory));
        Assert.Empty(Run(_keys.ForgetCommand(_home), "").Lines);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private (int Status, string[] Lines) Take(string asked) => Run(HostCommand.Reading("sh", $".ssh/relayops-direct-{Id}/take"), "hello\n", asked);

    private (int Status, string[] Lines) Run(HostCommand command, string input, string? asked = null)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _home,
        };
        start.Environment["HOME"] = _home;
        start.Environment["SSH_ORIGINAL_COMMAND"] = asked;
        using var process = Process.Start(start)!;
        Feed(process, input);
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        return (process.ExitCode, lines);
    }

    /// <summary>What is refused may have ended before it reads.</summary>
    private static void Feed(Process process, string input)
    {
        try
        {
            using var feeding = process.StandardInput;
            feeding.Write(input);
        }
        catch (IOException)
        {
            // Its status is what is looked at.
        }
    }

    private void Write(string text, string mode)
    {
        Directory.CreateDirectory(Path.Combine(_home, ".ssh"));
        System.IO.File.WriteAllBytes(File, System.Text.Encoding.Latin1.GetBytes(text));
        Run(HostCommand.Changing("chmod", mode, File), "");
    }

    private string Read() => System.Text.Encoding.Latin1.GetString(System.IO.File.ReadAllBytes(File));

    private string Mode(string path) => Run(HostCommand.Reading("stat", "-L", "-c", "%a", path), "").Lines[0];
}
