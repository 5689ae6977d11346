namespace Modular.Testing;

/// <summary>A real key store in a folder of its own.</summary>
public sealed class TestKeys : IDisposable
{
    private readonly TestFolder _folder = new("keys");

    public TestKeys()
    {
        Store = new FileKeyStore(_folder.Path);
        Sealer = new Sealer(Store);
    }

    public FileKeyStore Store { get; }

    public ISealer Sealer { get; }

    public void Dispose()
    {
        Store.Dispose();
        _folder.Dispose();
    }
}
