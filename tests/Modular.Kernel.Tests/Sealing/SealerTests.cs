using System.Security.Cryptography;
using System.Text;
using Modular.Testing;

namespace Modular.Kernel.Tests.Sealing;

public sealed class SealerTests : IDisposable
{
    private const string Purpose = "test.profile";
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("Zoë Müller, zoe@example.com");

    private readonly TestFolder _folder = new("sealer");
    private readonly FileKeyStore _keys;
    private readonly Sealer _sealer;
    private readonly TenantId _acme = TenantId.NewRandom();
    private readonly TenantId _globex = TenantId.NewRandom();

    public SealerTests()
    {
        _keys = new FileKeyStore(_folder.Path);
        _sealer = new Sealer(_keys);
        _keys.Create(_acme);
        _keys.Create(_globex);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000)]
    public void What_is_sealed_opens_again_and_is_larger_by_the_overhead(int length)
    {
        var plaintext = RandomNumberGenerator.GetBytes(length);
        var sealedBytes = _sealer.Seal(_acme, Purpose, 7, plaintext);

        Assert.Equal(length + ISealer.Overhead, sealedBytes.Length);
        Assert.Equal(plaintext, _sealer.Open(_acme, Purpose, 7, sealedBytes));
        var buffer = new byte[length + 5];
        Assert.Equal(length, _sealer.Open(_acme, Purpose, 7, sealedBytes, buffer));
    }

    [Fact]
    public void It_opens_for_no_other_tenant_purpose_or_row()
    {
        var sealedBytes = _sealer.Seal(_acme, Purpose, 7, Secret);

        Assert.Throws<AuthenticationTagMismatchException>(() => _sealer.Open(_globex, Purpose, 7, sealedBytes));
        Assert.Throws<AuthenticationTagMismatchException>(() => _sealer.Open(_acme, "test.other", 7, sealedBytes));
        Assert.Throws<AuthenticationTagMismatchException>(() => _sealer.Open(_acme, Purpose, 8, sealedBytes));
        Assert.Throws<AuthenticationTagMismatchException>(() => _sealer.OpenSystem(Purpose, sealedBytes, 7));
    }

    [Fact]
    public void Any_changed_bit_is_noticed()
    {
        var sealedBytes = _sealer.Seal(_acme, Purpose, 7, Secret);
        for (var i = 0; i < sealedBytes.Length * 8; i++)
        {
            var changed = (byte[])sealedBytes.Clone();
            changed[i / 8] ^= (byte)(1 << (i % 8));
            Assert.ThrowsAny<CryptographicException>(() => _sealer.Open(_acme, Purpose, 7, changed));
        }
    }

    [Fact]
    public void Any_cut_end_is_noticed()
    {
        var sealedBytes = _sealer.Seal(_acme, Purpose, 7, Secret);
        for (var length = 0; length < sealedBytes.Length; length++)
        {
            var cut = sealedBytes[..length];
            Assert.ThrowsAny<CryptographicException>(() => _sealer.Open(_acme, Purpose, 7, cut));
        }
    }

    [Fact]
    public void The_same_text_is_never_sealed_the_same_way_twice()
    {
        var nonces = Enumerable.Range(0, 10_000).Select(_ => Convert.ToHexString(_sealer.Seal(_acme, Purpose, 7, Secret).AsSpan(1, 12)));
        Assert.Equal(10_000, nonces.Distinct().Count());
    }

    [Fact]
    public void After_a_rotation_the_new_key_seals_and_the_old_one_still_opens()
    {
        var before = _sealer.Seal(_acme, Purpose, 7, Secret);
        var version = _keys.Rotate(_acme);
        var after = _sealer.Seal(_acme, Purpose, 7, Secret);

        Assert.Equal((2, 1, 2), (version, before[0], after[0]));
        Assert.Equal(Secret, _sealer.Open(_acme, Purpose, 7, before));
        Assert.Equal(Secret, _sealer.Open(_acme, Purpose, 7, after));
    }

    [Fact]
    public void A_rotation_does_not_change_a_blind_index()
    {
        var address = EmailAddress.Parse("zoe@example.com");
        var before = _sealer.Index(_acme, address);
        _keys.Rotate(_acme);

        Assert.Equal(before, _sealer.Index(_acme, address));
    }

    [Fact]
    public void A_blind_index_is_the_same_for_one_mailbox_and_differs_by_tenant_and_column()
    {
        var address = EmailAddress.Parse("Zoe@Example.com");

        Assert.Equal(_sealer.Index(_acme, address), _sealer.Index(_acme, EmailAddress.Parse("zoe@example.COM")));
        Assert.NotEqual(_sealer.Index(_acme, address), _sealer.Index(_globex, address));
        Assert.NotEqual(_sealer.Index(_acme, "name", "zoe"), _sealer.Index(_acme, "city", "zoe"));
        Assert.NotEqual(_sealer.IndexSystem("name", "zoe"), _sealer.Index(_acme, "name", "zoe"));
    }

    [Fact]
    public void What_was_shredded_opens_no_more_though_its_keys_were_in_use_a_moment_ago()
    {
        var sealedBytes = _sealer.Seal(_acme, Purpose, 7, Secret);
        Assert.Equal(Secret, _sealer.Open(_acme, Purpose, 7, sealedBytes));

        _keys.Shred(_acme);

        Assert.Throws<CryptographicException>(() => _sealer.Open(_acme, Purpose, 7, sealedBytes));
        Assert.Throws<CryptographicException>(() => _sealer.Seal(_acme, Purpose, 7, Secret));
        Assert.Throws<CryptographicException>(() => _sealer.Index(_acme, "name", "zoe"));
        Assert.Equal(Secret, _sealer.Open(_globex, Purpose, 7, _sealer.Seal(_globex, Purpose, 7, Secret)));
    }

    [Fact]
    public void A_tenant_made_anew_under_an_old_id_does_not_open_what_was_shredded()
    {
        var sealedBytes = _sealer.Seal(_acme, Purpose, 7, Secret);
        _keys.Shred(_acme);
        _keys.Create(_acme);

        Assert.Throws<AuthenticationTagMismatchException>(() => _sealer.Open(_acme, Purpose, 7, sealedBytes));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(32)]
    public void A_MAC_is_right_for_its_tenant_purpose_and_data_alone(int length)
    {
        var mac = new byte[length];
        _sealer.Mac(_acme, "link", Secret, mac);

        Assert.True(_sealer.IsMac(_acme, "link", Secret, mac));
        Assert.False(_sealer.IsMac(_globex, "link", Secret, mac));
        Assert.False(_sealer.IsMac(_acme, "verp", Secret, mac));
        Assert.False(_sealer.IsMac(_acme, "link", Secret.AsSpan(1), mac));
        Assert.False(_sealer.IsMac(_acme, "link", Secret, mac.AsSpan(..7)));   // too short to mean anything
        mac[0] ^= 1;
        Assert.False(_sealer.IsMac(_acme, "link", Secret, mac));
        Assert.False(_sealer.IsMac(TenantId.NewRandom(), "link", Secret, mac));
    }

    [Fact]
    public void A_secret_of_the_installation_is_bound_to_its_purpose_and_row()
    {
        var sealedBytes = _sealer.SealSystem("test.user", Secret, 3);

        Assert.Equal(Secret, _sealer.OpenSystem("test.user", sealedBytes, 3));
        Assert.ThrowsAny<CryptographicException>(() => _sealer.OpenSystem("test.user", sealedBytes, 4));
        Assert.ThrowsAny<CryptographicException>(() => _sealer.OpenSystem("test.key", sealedBytes, 3));
    }

    [Fact]
    public void Many_threads_may_seal_and_open_at_once() => Parallel.For(0, 20_000, i =>
    {
        var tenant = i % 2 == 0 ? _acme : _globex;
        Assert.Equal(Secret, _sealer.Open(tenant, Purpose, i, _sealer.Seal(tenant, Purpose, i, Secret)));
    });
}
