namespace Modular.Campaigns.Tests;

/// <summary>A sealer with keys of its own, in memory.</summary>
internal static class Sealing
{
    public static ISealer New() => new Sealer(new Keys());

    private sealed class Keys : IKeyStore
    {
        private readonly byte[] _key = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

        public void Create(TenantId tenant) { }

        public bool Has(TenantId tenant) => true;

        public IReadOnlyList<TenantId> Tenants() => [];

        public string DatabasePassword(TenantId tenant) => "";

        public (byte Version, byte[] Key) TenantKey(TenantId tenant, byte version = 0) => (1, _key);

        public (byte Version, byte[] Key) SystemKey(byte version = 0) => (1, _key);

        public byte[] TenantRoot(TenantId tenant) => _key;

        public IReadOnlyList<byte> Versions(TenantId tenant) => [1];

        public byte Rotate(TenantId tenant) => 1;

        public void Drop(TenantId tenant, byte version) { }

        public int RotateMaster() => 0;

        public void Shred(TenantId tenant) { }
    }
}
