using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Modular.Mail.TransportSecurity;

public enum MtaStsMode
{
    /// <summary>The domain has withdrawn its policy.</summary>
    None,

    /// <summary>Failures are reported, mail goes all the same.</summary>
    Testing,

    Enforce,
}

/// <summary>What a domain says about its mail servers and their certificates (RFC 8461 §3.2).</summary>
/// <param name="Patterns">Host names in lower case, some with <c>*.</c> in front; empty only without a mode.</param>
/// <param name="MaxAge">For how long it may be kept, at most a year.</param>
public sealed record MtaStsPolicy(MtaStsMode Mode, IReadOnlyList<string> Patterns, TimeSpan MaxAge)
{
    /// <summary>Larger policies are not read (RFC 8461 §3.3).</summary>
    public const int MaxBytes = 64 * 1024;

    private const int MaxPatterns = 1000, MaxNameChars = 253, MaxAgeDigits = 10;
    private const long MaxAgeSeconds = 31_557_600;   // RFC 8461 §3.2

    /// <param name="body">As it was fetched; lines end with CRLF or LF.</param>
    /// <returns>Null when it is no policy, and then there is none.</returns>
    public static MtaStsPolicy? Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length > MaxBytes || !Utf8.IsValid(body))
            return null;
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var patterns = new List<string>();
        foreach (var line in Encoding.UTF8.GetString(body).Split('\n'))
        {
            var text = line.EndsWith('\r') ? line.AsSpan(0, line.Length - 1) : line;
            var colon = text.IndexOf(':');
            if (colon < 1)
            {
                if (!text.Trim(" \t").IsEmpty)
                    return null;
                continue;
            }

            var (name, value) = (text[..colon].ToString(), text[(colon + 1)..].Trim(" \t").ToString());
            if (name is "mx")
            {
                if (!IsPattern(value) || patterns.Count >= MaxPatterns)
                    return null;
                patterns.Add(value.ToLowerInvariant());
            }
            else
            {
                fields.TryAdd(name, value);   // the first of a name counts (RFC 8461 §3.2)
            }
        }

        MtaStsMode? mode = fields.GetValueOrDefault("mode") switch { "enforce" => MtaStsMode.Enforce, "testing" => MtaStsMode.Testing, "none" => MtaStsMode.None, _ => null };
        if (fields.GetValueOrDefault("version") is not "STSv1" || mode is null || (patterns.Count is 0 && mode is not MtaStsMode.None)
            || !fields.TryGetValue("max_age", out var age) || age.Length > MaxAgeDigits || !long.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return null;
        return new MtaStsPolicy(mode.Value, patterns, TimeSpan.FromSeconds(Math.Min(seconds, MaxAgeSeconds)));
    }

    /// <summary>Whether a mail server is one of the domain's; <c>*.</c> stands for just one label (RFC 8461 §4.1).</summary>
    /// <param name="host">With A-labels.</param>
    public bool Covers(string host)
    {
        var name = host.TrimEnd('.').ToLowerInvariant();
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return Patterns.Any(pattern => pattern.StartsWith("*.", StringComparison.Ordinal)
            ? dot > 0 && name.AsSpan(dot).SequenceEqual(pattern.AsSpan(1))
            : name == pattern);
    }

    /// <summary>As a domain would publish it; what <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("version: STSv1\n").Append(CultureInfo.InvariantCulture, $"mode: {Mode.ToString().ToLowerInvariant()}\n");
        foreach (var pattern in Patterns)
            text.Append(CultureInfo.InvariantCulture, $"mx: {pattern}\n");
        return text.Append(CultureInfo.InvariantCulture, $"max_age: {(long)MaxAge.TotalSeconds}\n").ToString();
    }

    private static bool IsPattern(string value)
    {
        var name = value.StartsWith("*.", StringComparison.Ordinal) ? value[2..] : value;
        return name.Length is > 0 and <= MaxNameChars && name.Split('.').All(static label => label.Length is > 0 and <= 63 && label.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'));
    }
}
