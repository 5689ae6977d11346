using System.Globalization;

namespace Modular.Testing;

/// <summary>A folder below /tmp that goes away with the test. Others may pass through it, as a data folder allows.</summary>
public sealed class TestFolder : IDisposable
{
    internal const string Prefix = "modular-test-";
    private static int _count;

    public TestFolder(string name)
    {
        var number = Interlocked.Increment(ref _count);
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"{Prefix}{name}-{Environment.ProcessId}-{number}"));
        Directory.CreateDirectory(Path);
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }
}
