internal sealed partial class Operations
{
    private Task MoveAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
