using System.Text;
using RelayOps.Adapters.Encryption;
using RelayOps.Core;
using RelayOps.Core.Signatures;

namespace RelayOps.Adapters.Signatures;

/// <summary>The system's <c>ssh-keygen -Y sign</c>.</summary>
internal sealed class SshSigner : IRecordSigner
{
    /// <summary>What the signature is for, so that one of a commit or a file cannot pass for one of a backup.</summary>
    public const string Namespace = "claude-relay-backup";

    /// <summary>Private, or public where ssh-agent has the private one.</summary>
    public required byte[] Key { get; init; }

    public async Task<string> SignAsync(ReadOnlyMemory<byte> statement, CancellationToken cancellationToken)
    {
        await using var files = new PrivateFiles();
        var (signature, failure) = await ToolRun.OfAsync(new CipherCommand
        {
            Program = "ssh-keygen",
            Arguments = ["-Y", "sign", "-n", Namespace, "-f", files.Directory.Write("key", Key)],
            // Nobody is asked for a passphrase: there may be no terminal, and a key is used more than once.
            Environment = { ["SSH_ASKPASS"] = "false", ["SSH_ASKPASS_REQUIRE"] = "force" },
        }, statement, cancellationToken);
        return failure is null ? Encoding.ASCII.GetString(signature) : throw new RelayOpsException("cannot use --sign-with", $"ssh-keygen failed: {failure}",
            failure.Contains("passphrase", StringComparison.Ordinal)
                ? "the key is locked by a passphrase: load it with ssh-add, and give its .pub"
                : "give a private ssh key, or a .pub whose other half ssh-agent has", ExitStatus.WrongUse);
    }
}

/// <summary>The system's <c>ssh-keygen -Y verify</c>.</summary>
internal sealed class SshTrust(string allowedSigners) : ITrustedSigners
{
    public async Task<string> RequireAsync(ReadOnlyMemory<byte> statement, string signature, CancellationToken cancellationToken)
    {
        await using var files = new PrivateFiles();
        var (allowed, signed) = (files.Directory.Write("allowed_signers", allowedSigners), files.Directory.Write("signature", signature));
        var (found, unknown) = await RunAsync(["-Y", "find-principals", "-s", signed, "-f", allowed], default, cancellationToken);
        if (unknown is not null)
            throw SignatureErrors.NotTrusted($"it is signed by nobody whom --trusted-signers names (ssh-keygen: {unknown})");
        // The names of a line are separated by commas; those with an exclamation mark are exceptions from the others.
        var name = found.Split(['\n', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault(name => name[0] != '!')
            ?? throw SignatureErrors.NotTrusted("the line of --trusted-signers with its key names nobody");
        var (_, wrong) = await RunAsync(["-Y", "verify", "-n", SshSigner.Namespace, "-s", signed, "-f", allowed, "-I", name], statement, cancellationToken);
        return wrong is null ? name : throw SignatureErrors.NotTrusted($"its signature is not one of this backup by {name} (ssh-keygen: {wrong})");
    }

    private static async Task<(string Output, string? Failure)> RunAsync(
        IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        var (output, failure) = await ToolRun.OfAsync(new CipherCommand { Program = "ssh-keygen", Arguments = arguments }, input, cancellationToken);
        return (Encoding.UTF8.GetString(output), failure);
    }
}
