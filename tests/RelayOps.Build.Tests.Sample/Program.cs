namespace RelayOps.Build.Tests.Sample;

/// <summary>Runs the build that SAMPLE_BUILD names; the command line is NUKE's alone.</summary>
internal static class Program
{
    private static int Main() => Environment.GetEnvironmentVariable("SAMPLE_BUILD") switch
    {
        "order" => OrderBuild.Run(),
        "conditions" => ConditionsBuild.Run(),
        "failures" => FailuresBuild.Run(),
        "parameters" => ParametersBuild.Run(),
        "events" => EventsBuild.Run(),
        "circle" => CircleBuild.Run(),
        "components" => ComponentsBuild.Run(),
        var name => throw new InvalidOperationException($"There is no sample '{name}'."),
    };
}
