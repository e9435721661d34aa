internal sealed partial class Operations
{
    private Task RebuildAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
