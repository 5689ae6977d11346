namespace Modular.Host.Postgres;

/// <summary>An flock on a file: freed by the kernel when its process ends, however it ends.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    public static FileLock? TryExclusive(string path) => TryOpen(path, FileShare.None);

    public static FileLock? TryShared(string path) => TryOpen(path, FileShare.Read);

    public static async Task<FileLock> ExclusiveAsync(string path, TimeSpan patience, TimeProvider time, CancellationToken ct)
    {
        for (var since = time.GetTimestamp(); ;)
        {
            if (TryExclusive(path) is { } taken)
                return taken;
            if (time.GetElapsedTime(since) > patience)
                throw new CannotStartException($"Another process has held {path} for {patience.TotalSeconds:0} s. Look for a Modular that hangs while it starts or stops PostgreSQL.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, ct);
        }
    }

    private static FileLock? TryOpen(string path, FileShare share)
    {
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, share is FileShare.None ? FileAccess.ReadWrite : FileAccess.Read, share));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
