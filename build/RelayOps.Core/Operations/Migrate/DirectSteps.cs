using RelayOps.Core.Deployments;
using RelayOps.Core.Hosts;

namespace RelayOps.Core.Operations.Migrate;

/// <summary>What goes over a direct link, as a dry run prints it: where the way is not there, it is sent through this machine.</summary>
internal sealed class DirectSteps
{
    private readonly HandoverParts _parts;
    private readonly DirectKeys _keys;
    private readonly DirectSend _send;
    private readonly StraightFiles _files;
    private readonly string _codec;

    private DirectSteps(HandoverParts parts, SshAddress address)
    {
        _parts = parts;
        _keys = new DirectKeys(parts.Source.Deployment.Server.Id);
        _send = new DirectSend("<key>", parts.Arrival.Survey.User, address);
        _files = parts.Files.Straight!;
        _codec = DirectLink.ChooseCodec(parts.Source.Target.Survey, parts.Arrival.Survey);
    }

    /// <summary>Null where everything goes through this machine.</summary>
    public static DirectSteps? Of(MoveRequest request, HandoverParts parts) => request.Direct is { } address ? new DirectSteps(parts, address) : null;

    public IEnumerable<string> Opening(Func<HostCommand, string> old, Func<HostCommand, string> @new)
    {
        yield return old(_keys.MakeCommand(_parts.Source.Path));
        yield return @new(_keys.AdmitCommand);
        foreach (var step in Sending("none", HostCommand.Reading("printf", "%s", "<word>"), HostCommand.Reading("cat"), old, @new))
            yield return step;
    }

    public IEnumerable<string> Sending(PartFiles part, Func<HostCommand, string> old, Func<HostCommand, string> @new) =>
        [.. Sending(_codec, StraightFiles.ReadCommand(part), _files.ReceiveCommand, old, @new), old(StraightFiles.DigestCommand(part)), @new(_files.AcceptCommand(part))];

    public IEnumerable<string> Sending(FileRoute dump, HostCommand receive, Func<HostCommand, string> old, Func<HostCommand, string> @new) =>
        Sending(DirectLink.ChooseFast(_codec), StraightDataset.ReadCommand(dump), receive, old, @new);

    public IEnumerable<string> Closing(Func<HostCommand, string> old, Func<HostCommand, string> @new)
    {
        yield return @new(_keys.DismissCommand);
        yield return old(_keys.ForgetCommand(_parts.Source.Path));
    }

    private IEnumerable<string> Sending(string codec, HostCommand from, HostCommand into, Func<HostCommand, string> old, Func<HostCommand, string> @new)
    {
        yield return $"{@new(_keys.AllowCommand("<number>"))}, which gets: {DirectSend.Unpacking(codec, into).TrimEnd()}";
        yield return old(_send.Command("<number>", codec, from));
    }
}
