using Modular.Delivery.Gateway;

namespace Modular.Delivery.Tests.Gateway;

public sealed class SignedAddressTests : IDisposable
{
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuv";

    private readonly string _folder = Directory.CreateTempSubdirectory("modular-signed-").FullName;
    private readonly FileKeyStore _keys;
    private readonly TenantId _tenant = TenantId.NewRandom();
    private readonly SignedAddresses _addresses;

    public SignedAddressTests()
    {
        _keys = new FileKeyStore(_folder);
        _keys.Create(_tenant);
        _addresses = new SignedAddresses(new Sealer(_keys));
    }

    public void Dispose()
    {
        _keys.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4503599627370496)]
    [InlineData(long.MaxValue)]
    public void What_was_written_is_read_again_in_any_case(long recipientId)
    {
        var address = new SignedAddress(AddressKind.Bounce, _tenant, recipientId);
        var local = _addresses.Write(address);

        Assert.Matches("^b[0-9a-v]{39}$", local);
        Assert.True(_addresses.TryRead(local, out var read));
        Assert.Equal(address, read);
        Assert.True(_addresses.TryRead(local.ToUpperInvariant(), out read));
        Assert.Equal(address, read);
    }

    [Fact]
    public void No_single_bit_can_be_flipped()
    {
        var local = _addresses.Write(new SignedAddress(AddressKind.Bounce, _tenant, 4503599627370496));

        for (var i = 1; i < local.Length; i++)
        {
            for (var bit = 0; bit < 5; bit++)
            {
                var flipped = local.ToCharArray();
                flipped[i] = Alphabet[Alphabet.IndexOf(flipped[i], StringComparison.Ordinal) ^ (1 << bit)];
                Assert.False(_addresses.TryRead(flipped, out _), $"letter {i}, bit {bit}");
            }
        }
    }

    [Fact]
    public void An_address_of_one_kind_is_none_of_another()
    {
        var local = _addresses.Write(new SignedAddress(AddressKind.MessageId, _tenant, 17));

        Assert.False(_addresses.TryRead("b" + local[1..], out _));
        Assert.False(_addresses.TryRead("x" + local[1..], out _));
    }

    [Fact]
    public void Random_text_is_never_taken()
    {
        var random = new Random(7);
        for (var i = 0; i < 100_000; i++)
        {
            var local = "b0" + new string(random.GetItems(Alphabet.AsSpan(), SignedAddresses.Length - 2));
            Assert.False(_addresses.TryRead(local, out _));
        }
    }

    [Fact]
    public void A_shredded_tenants_address_is_refused()
    {
        var local = _addresses.Write(new SignedAddress(AddressKind.Bounce, _tenant, 17));
        _keys.Shred(_tenant);

        Assert.False(_addresses.TryRead(local, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("b")]
    [InlineData("bounce")]
    [InlineData("b\u00e9000000000000000000000000000000000000000")]
    public void Other_local_parts_are_refused(string local) => Assert.False(_addresses.TryRead(local, out _));
}
