/// <summary>With <c>--json</c>, standard output carries JSON alone: everything else that a run prints goes to standard error.</summary>
internal static class StandardOutput
{
    /// <summary>Where JSON goes.</summary>
    public static TextWriter Json { get; private set; } = Console.Out;

    /// <summary>Before anything is printed.</summary>
    public static void ReserveForJson(IReadOnlyCollection<string> arguments)
    {
        if (!arguments.Contains("--json", StringComparer.OrdinalIgnoreCase))
            return;
        Json = Console.Out;
        Console.SetOut(Console.Error);
    }
}
