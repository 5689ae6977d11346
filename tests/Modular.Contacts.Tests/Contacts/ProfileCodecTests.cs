using Modular.Contacts.Fields;

namespace Modular.Contacts.Tests.Contacts;

public sealed class ProfileCodecTests
{
    public static TheoryData<object> Values() =>
    [
        "", "Ann", "Größe 🎈\n", new string('x', 5_000), 0m, 1.5m, -1.5m, 123456789012345678m, decimal.MaxValue, decimal.MinValue, 0.0000000000000000000000000001m, true, false,
        new DateOnly(1, 1, 1), new DateOnly(2026, 1, 31), DateOnly.MaxValue, new DateTimeOffset(1969, 7, 20, 20, 17, 40, 123, 456, TimeSpan.Zero), new DateTimeOffset(2026, 1, 31, 0, 0, 0, TimeSpan.Zero),
        Array.Empty<string>(), new[] { "a", "b c", "ü" },
    ];

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_comes_back_as_it_was(object value)
    {
        var (email, fields) = ProfileCodec.Decode(ProfileCodec.Encode(new ProfileBuffer(), "Ann.Müller@example.com", [new(1, "first"), new(200, value)]));
        Assert.Equal("Ann.Müller@example.com", email);
        Assert.Equal("first", fields[1]);
        Assert.True(FieldJson.Same(value, fields[200]));
    }

    [Fact]
    public void The_address_alone_can_be_read() =>
        Assert.Equal("a@b.example", ProfileCodec.DecodeEmail(ProfileCodec.Encode(new ProfileBuffer(), "a@b.example", [new(9, true)])));

    [Fact]
    public void A_profile_cut_anywhere_is_refused_or_ends_between_two_fields()
    {
        var whole = ProfileCodec.Encode(new ProfileBuffer(), "a@b.example", [new(1, "text"), new(2, 1.25m), new(3, new[] { "x" })]).ToArray();
        var readable = 0;
        for (var length = 0; length < whole.Length; length++)
        {
            try
            {
                ProfileCodec.Decode(whole.AsSpan(0, length));
                readable++;
            }
            catch (InvalidDataException)
            {
                // As it should be.
            }
        }
        Assert.Equal(3, readable);   // behind the address and behind each of the first two fields
    }

    [Fact]
    public void A_later_version_is_refused_and_not_misread() => Assert.Throws<InvalidDataException>(() => ProfileCodec.Decode([2, 0]));

    [Fact]
    public void A_usual_profile_is_small() =>
        Assert.InRange(ProfileCodec.Encode(new ProfileBuffer(), "ann@example.com", [new(1, "Ann"), new(2, "Miller")]).Length, 1, 32);
}
