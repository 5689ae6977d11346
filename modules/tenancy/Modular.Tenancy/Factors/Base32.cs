using System.Text;

namespace Modular.Tenancy.Factors;

/// <summary>Base 32 without padding (RFC 4648 §6), as authenticator apps take keys.</summary>
internal static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder((bytes.Length * 8 + 4) / 5);
        int buffer = 0, bits = 0;
        foreach (var b in bytes)
        {
            buffer = (buffer << 8 | b) & 0xFFF;   // at most 4 bits are left over from before
            for (bits += 8; bits >= 5; bits -= 5) text.Append(Alphabet[buffer >> (bits - 5) & 31]);
        }
        if (bits > 0) text.Append(Alphabet[buffer << (5 - bits) & 31]);
        return text.ToString();
    }
}
