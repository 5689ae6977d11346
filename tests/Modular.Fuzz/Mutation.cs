namespace Modular.Fuzz;

/// <summary>Spoils bytes by rule and seed: the same seed gives the same noise, so that a crash can be had again.</summary>
internal sealed class Mutation(int seed)
{
    private const int MaxBytes = 256 * 1024;

    private static readonly byte[][] Words =
        [.. new[] { "\r\n", "\n", "\r", ".\r\n", "--", "=?utf-8?B?", "?=", "=\r\n", "\0", "\r\n\r\n", "Content-Type: multipart/mixed; boundary=", "Content-Type: message/rfc822\r\n\r\n", "%", "\"", "\\", "(", ";", "xn--", "Final-Recipient: rfc822;", "Status: 5.", "boundary=\"\"" }
            .Select(System.Text.Encoding.ASCII.GetBytes)];

    private readonly Random _random = new(seed);

    public byte[] Of(IReadOnlyList<byte[]> seeds)
    {
        var bytes = new List<byte>(seeds[_random.Next(seeds.Count)]);
        for (var times = _random.Next(1, 12); times > 0; times--)
        {
            var at = _random.Next(bytes.Count + 1);
            switch (_random.Next(6))
            {
                case 0 when bytes.Count > 0: bytes[Math.Min(at, bytes.Count - 1)] = (byte)_random.Next(256); break;
                case 1: bytes.InsertRange(at, Words[_random.Next(Words.Length)]); break;
                case 2: bytes.RemoveRange(at, Math.Min(_random.Next(64), bytes.Count - at)); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(_random.Next(512), bytes.Count - at))); break;
                case 4: bytes.RemoveRange(at, bytes.Count - at); break;
                default:
                    var other = seeds[_random.Next(seeds.Count)];
                    bytes.InsertRange(at, other.AsSpan(0, Math.Min(other.Length, _random.Next(256))));
                    break;
            }
            if (bytes.Count > MaxBytes) bytes.RemoveRange(MaxBytes, bytes.Count - MaxBytes);
        }
        return [.. bytes];
    }
}
