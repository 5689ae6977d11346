using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Modular.Tenancy.Factors;

/// <summary>Codes of authenticator apps: TOTP (RFC 6238) with what every app does, HMAC-SHA-1, six digits, 30 seconds.</summary>
internal static class Totp
{
    /// <summary>160 bits, as RFC 4226 §4 recommends.</summary>
    public const int KeyBytes = 20;

    public const int Digits = 6;

    public const int StepSeconds = 30;

    /// <summary>Steps that a clock may be off, in both directions: a code lives 90 seconds at most (RFC 6238 §5.2).</summary>
    public const int Drift = 1;

    public static long StepAt(DateTimeOffset at) => at.ToUnixTimeSeconds() / StepSeconds;

    /// <summary>HOTP (RFC 4226 §5.3).</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6238 and every app have it so, and HMAC does not need a hash that resists collisions.")]
    public static string Code(ReadOnlySpan<byte> key, long counter, int digits = Digits)
    {
        Span<byte> message = stackalloc byte[8], mac = stackalloc byte[HMACSHA1.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(message, counter);
        HMACSHA1.HashData(key, message, mac);
        var number = BinaryPrimitives.ReadInt32BigEndian(mac[(mac[^1] & 15)..]) & int.MaxValue;
        return (number % (int)Math.Pow(10, digits)).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
    }

    /// <summary>The step whose code this is; null when it is none of now. All of them are looked at, whichever it is.</summary>
    public static long? StepOf(ReadOnlySpan<byte> key, string code, DateTimeOffset now)
    {
        long? found = null;
        var typed = Encoding.UTF8.GetBytes(code);
        for (var step = StepAt(now) - Drift; step <= StepAt(now) + Drift; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(typed, Encoding.UTF8.GetBytes(Code(key, step)))) found = step;
        }
        return found;
    }

    /// <summary>What an app reads out of the QR code: the key and whose it is.</summary>
    /// <param name="issuer">The installation, as its owner will find it in the app.</param>
    public static string AddressOf(ReadOnlySpan<byte> key, string issuer, string account)
    {
        var (where, who) = (Uri.EscapeDataString(issuer), Uri.EscapeDataString(account));
        return $"otpauth://totp/{where}:{who}?secret={Base32.Encode(key)}&issuer={where}&algorithm=SHA1&digits={Digits}&period={StepSeconds}";
    }
}
