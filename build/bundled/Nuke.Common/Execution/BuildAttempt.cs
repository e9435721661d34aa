using System.Security.Cryptography;
using System.Text;
using Nuke.Common.IO;
using Serilog;

namespace Nuke.Common.Execution;

/// <summary>Remembers which targets succeeded, so that <c>--continue</c> takes up a failed build where it stopped.</summary>
internal sealed class BuildAttempt
{
    private readonly AbsolutePath _file = NukeBuild.TemporaryDirectory / "build-attempt.log";
    private HashSet<string> _done = [];

    private BuildAttempt()
    {
    }

    public static BuildAttempt Begin(NukeBuild build)
    {
        var attempt = new BuildAttempt();
        var invocation = string.Join(' ', EnvironmentInfo.CommandLineArguments.Where(argument => !argument.StartsWith('-')));
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(invocation)));
        if (build.Continue && File.Exists(attempt._file))
            attempt.Resume(hash);

        File.WriteAllLines(attempt._file, [hash, .. attempt._done]);
        return attempt;
    }

    public bool HasDone(string target) => _done.Contains(target);

    public void Add(string target) => File.AppendAllLines(_file, [target]);

    private void Resume(string hash)
    {
        var lines = File.ReadAllLines(_file);
        if (lines.FirstOrDefault() == hash)
            _done = [.. lines.Skip(1)];
        else
            Log.Warning("Build invocation changed. Restarting ...");
    }
}
