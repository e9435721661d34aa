using System.Text;
using System.Text.Json;
using RelayOps.Core;
using RelayOps.Core.Reporting;

/// <summary>With <c>--json</c>, standard output carries one JSON document: everything else that a run prints goes to standard error.</summary>
internal static class StandardOutput
{
    private static TextWriter _document = Console.Out;
    private static bool _isWritten;

    /// <summary>Whether this run owes a document.</summary>
    public static bool IsReserved { get; private set; }

    /// <summary>Where the document goes: all of it at once, at the end.</summary>
    public static TextWriter Json
    {
        get
        {
            _isWritten = true;
            return _document;
        }
    }

    /// <summary>Before anything is printed.</summary>
    public static void ReserveForJson()
    {
        IsReserved = true;
        _document = Console.Out;
        Console.SetOut(Console.Error);
    }

    /// <summary>The run's report is the document of a target that has none of its own, and of every run that failed before it could print one.</summary>
    public static void Finish(OperationReport report)
    {
        if (IsReserved && !_isWritten)
            Json.Write(Encoding.UTF8.GetString(ReportJson.Write(report)));
    }

    /// <summary>For a run that failed before there was a report: the same names as in one.</summary>
    public static void Fail(ExitStatus status, string what, string why, string next)
    {
        if (!IsReserved || _isWritten)
            return;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("exitStatus", (int)status);
            writer.WriteStartObject("error");
            writer.WriteString("what", what);
            writer.WriteString("why", why);
            writer.WriteString("next", next);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        Json.Write(Encoding.UTF8.GetString(stream.ToArray()) + "\n");
    }
}
