namespace Modular.Delivery.Gateway;

/// <summary>
/// Writes what many sessions bring in as few transactions as there can be: while one is under way, the next gathers. Each bringer waits for the commit
/// that holds its own, and hears its failure.
/// </summary>
internal sealed class GroupCommit<T>(int maxBatch, Func<IReadOnlyList<T>, Task> write)
{
    private readonly Lock _lock = new();
    private readonly Queue<Batch> _batches = [];
    private bool _isWriting;

    public Task AddAsync(T item)
    {
        lock (_lock)
        {
            if (_batches.Count is 0 || _batches.Last().Items.Count >= maxBatch) _batches.Enqueue(new Batch());
            var batch = _batches.Last();
            batch.Items.Add(item);
            if (!_isWriting)
            {
                _isWriting = true;
                _ = Task.Run(WriteAllAsync);
            }
            return batch.Done.Task;
        }
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            Batch batch;
            lock (_lock)
            {
                if (!_batches.TryDequeue(out batch!))
                {
                    _isWriting = false;
                    return;
                }
            }
            try
            {
                await write(batch.Items);
                batch.Done.SetResult();
            }
            catch (Exception fault)
            {
                batch.Done.SetException(fault);
            }
        }
    }

    private sealed class Batch
    {
        public List<T> Items { get; } = [];

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
