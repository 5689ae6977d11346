using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Modular.Kernel.Values;

/// <summary>
/// A tenant's opaque number: 40 random bits, written as eight letters of Crockford's base32 in lower case. It names the tenant's schema and role
/// (<c>t_</c> + text) and rides in return paths and links, so it says nothing about the customer.
/// </summary>
[JsonConverter(typeof(JsonText))]
public readonly record struct TenantId : IParsable<TenantId>
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int Length = 8;

    /// <summary>How many bytes <see cref="Value"/> takes in a binary token.</summary>
    public const int Bytes = 5;

    /// <param name="value">0 to 2^40 - 1.</param>
    public TenantId(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, (1L << 40) - 1);
        Value = value;
    }

    public long Value { get; }

    /// <summary>The tenant's PostgreSQL schema, which is also its login role.</summary>
    public string Schema => "t_" + ToString();

    public static TenantId NewRandom()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes[..Bytes]);
        return new TenantId(BitConverter.ToInt64(bytes) & ((1L << 40) - 1));
    }

    public override string ToString() => string.Create(Length, Value, static (text, value) =>
    {
        for (var i = text.Length - 1; i >= 0; i--, value >>= 5) text[i] = Alphabet[(int)(value & 31)];
    });

    public static TenantId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"'{s}' is no tenant id: eight letters of {Alphabet}.");

    public static bool TryParse(string? s, IFormatProvider? provider, out TenantId result)
    {
        result = default;
        if (s is not { Length: Length }) return false;
        long value = 0;
        foreach (var c in s)
        {
            var digit = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (digit < 0) return false;
            value = (value << 5) | (uint)digit;
        }
        result = new TenantId(value);
        return true;
    }

    private sealed class JsonText : JsonConverter<TenantId>
    {
        public override TenantId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Parse(reader.GetString() ?? "", null);

        public override void Write(Utf8JsonWriter writer, TenantId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
    }
}
