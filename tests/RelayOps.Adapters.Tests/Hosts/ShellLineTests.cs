using System.Diagnostics;
using RelayOps.Adapters.Hosts.Shell;
using RelayOps.Core;
using RelayOps.Core.Hosts;

namespace RelayOps.Adapters.Tests.Hosts;

public sealed class ShellLineTests
{
    private const string Awkward = "a'b\"c\\d!e$f`g\nh\ti\\041 *~#;&|<>%(){}[]ä中🙂'\\''";

    /// <summary>Login shells read the line; those that this machine has are tried, and sh and bash are always there.</summary>
    [Fact]
    public void For_means_the_same_to_every_login_shell()
    {
        string[] shells = ["/bin/sh", "/bin/bash", "/bin/dash", "/bin/zsh", "/bin/tcsh", "/bin/csh", "/usr/bin/fish", "/bin/ksh"];
        var tried = shells.Where(File.Exists).ToDictionary(shell => shell, shell => Run(shell, "-c"));
        if (File.Exists("/usr/bin/busybox"))
            tried["busybox sh"] = Run("/usr/bin/busybox", "sh", "-c");
        Assert.True(tried.Count >= 2);
        Assert.All(tried, pair => Assert.Equal(Awkward, pair.Value));
    }

    [Fact]
    public void Encode_refuses_a_NUL() =>
        Assert.Equal(ExitStatus.WrongUse, Assert.Throws<RelayOpsException>(() => ShellLine.Encode("a\0b")).Status);

    private static string Run(string shell, params string[] arguments)
    {
        var line = ShellLine.For(HostCommand.Reading("printf", "%s", Awkward), "token");
        using var process = Process.Start(new ProcessStartInfo(shell, [.. arguments, line]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.Write("go\n");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal($"token {process.Id}", output.Split('\n')[0]);
        return output[(output.IndexOf('\n', StringComparison.Ordinal) + 1)..];
    }
}
