internal sealed partial class Build
{
    public static int Main() => 0;
}
