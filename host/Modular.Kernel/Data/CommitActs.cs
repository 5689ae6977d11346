namespace Modular.Kernel.Data;

/// <summary>What is to happen at a transaction's end.</summary>
internal sealed class CommitActs
{
    private List<Func<CancellationToken, Task>>? _before;
    private List<Func<CancellationToken, Task>>? _after;

    /// <summary>
    /// Runs in the transaction as its last act, in the order of asking, right before the commit; if it fails, nothing commits. For what takes a lock that
    /// everyone wants: being last, it is held for a moment and never in a circle.
    /// </summary>
    public void Before(Func<CancellationToken, Task> act) => (_before ??= []).Add(act);

    /// <summary>Runs once the transaction has committed, and not when it is undone. What fails here is the act's own to catch: the deed is done.</summary>
    public void After(Func<CancellationToken, Task> act) => (_after ??= []).Add(act);

    public Task RunBeforeAsync(CancellationToken ct) => RunAsync(_before, ct);

    public Task RunAfterAsync(CancellationToken ct) => RunAsync(_after, ct);

    private static async Task RunAsync(List<Func<CancellationToken, Task>>? acts, CancellationToken ct)
    {
        foreach (var act in acts ?? []) await act(ct);
    }
}
