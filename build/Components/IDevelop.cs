using Nuke.Common;

internal interface IDevelop : IHazOperations
{
    Target Compile => _ => _
        .Description("Builds every project")
        .Executes(() => Operations.CompileAsync());

    Target Test => _ => _
        .Description("Runs the whole test suite, with real servers that it sets up by itself")
        .DependsOn(Compile)
        .Executes(() => Operations.TestAsync());

    Target Check => _ => _
        .Description("Format, analyzers and tests, the same as CI")
        .DependsOn(Test)
        .Executes(() => Operations.CheckFormatAsync());

    Target Benchmark => _ => _
        .Description("Measures a backup against the plainest streaming pipeline and writes a table")
        .DependsOn(Compile)
        .Executes(() => Operations.BenchmarkAsync());
}
