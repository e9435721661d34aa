namespace Nuke.Common.Execution;

/// <summary>Somebody's own machine.</summary>
public class Terminal : Host
{
    public static bool IsRunningTerminal => true;
}
