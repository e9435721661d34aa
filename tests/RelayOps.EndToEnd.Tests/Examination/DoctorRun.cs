using System.Text.Json;
using RelayOps.EndToEnd.Tests.Running;

namespace RelayOps.EndToEnd.Tests.Examination;

/// <summary>A run of Doctor with <c>--json</c>: what it printed is one document and nothing else.</summary>
internal sealed class DoctorRun
{
    private readonly Dictionary<string, JsonElement> _checks;

    private DoctorRun(RelayOpsResult result)
    {
        Result = result;
        Document = JsonDocument.Parse(result.Output).RootElement;
        _checks = Document.GetProperty("checks").EnumerateArray().ToDictionary(check => check.GetProperty("id").GetString()!);
    }

    public RelayOpsResult Result { get; }

    public JsonElement Document { get; }

    public IEnumerable<string> Mended => Document.GetProperty("mended").EnumerateArray().Select(line => line.GetString()!);

    public static async Task<DoctorRun> BeginAsync(params IEnumerable<string> arguments) =>
        new(await RelayOpsProcess.RunAsync(["Doctor", .. arguments, "--json"]));

    public string Outcome(string id) => _checks[id].GetProperty("outcome").GetString()!;

    public string Found(string id) => _checks[id].GetProperty("found").GetString()!;

    /// <summary>Ids with that outcome, e.g. <c>error</c>.</summary>
    public IEnumerable<string> With(string outcome) => _checks.Keys.Where(id => Outcome(id) == outcome).Order(StringComparer.Ordinal);

    public override string ToString() => Result.ToString();
}
