using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Modular.Mail.TransportSecurity;

namespace Modular.Delivery.Outbound;

/// <summary>
/// Policies from one run of the program to the next, a file for each domain: without them, who can block a fetch would only have to wait for a restart. A file
/// that is lost or broken costs no more than another fetch.
/// </summary>
internal sealed class PolicyShelf(HostFacts facts)
{
    private const int MaxFiles = 20_000;

    private readonly Lazy<string> _folder = new(() => Directory.CreateDirectory(Path.Combine(facts.FolderOf("delivery"), "mta-sts")).FullName);
    private readonly ConcurrentDictionary<string, KeptPolicy?> _kept = new(StringComparer.OrdinalIgnoreCase);

    public KeptPolicy? Find(string domain)
    {
        if (_kept.Count > MaxFiles) _kept.Clear();
        return _kept.GetOrAdd(domain, Read);
    }

    public void Keep(string domain, KeptPolicy kept)
    {
        _kept[domain] = kept;
        if (FileOf(domain) is not { } file) return;
        try
        {
            if (!File.Exists(file) && Directory.EnumerateFiles(_folder.Value).Take(MaxFiles).Count() >= MaxFiles) return;
            var temporary = file + ".new";
            File.WriteAllText(temporary, string.Create(CultureInfo.InvariantCulture, $"{kept.Id} {kept.FetchedAt.ToUnixTimeSeconds()}\n{kept.Policy}"));
            File.Move(temporary, file, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It is kept until this process ends.
        }
    }

    private KeptPolicy? Read(string domain)
    {
        try
        {
            if (FileOf(domain) is not { } file || !File.Exists(file)) return null;
            var text = File.ReadAllText(file);
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            return end > 0 && text[..end].Split(' ') is [var id, var seconds] && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                && MtaStsPolicy.Parse(Encoding.UTF8.GetBytes(text[(end + 1)..])) is { } policy
                ? new KeptPolicy(id, policy, DateTimeOffset.FromUnixTimeSeconds(Math.Min(at, 253_402_300_799)))
                : null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Null for a name that is better not a file's.</summary>
    private string? FileOf(string domain) => domain.Length is > 0 and <= 253 && domain[0] is not '.' && domain.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.' or '_')
        ? Path.Combine(_folder.Value, domain)
        : null;
}
