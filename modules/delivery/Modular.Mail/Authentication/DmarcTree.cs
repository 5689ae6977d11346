using Modular.Mail.Dns;

namespace Modular.Mail.Authentication;

/// <summary>
/// Walks up from a domain to the records that speak for it (RFC 9989 §4.10): at most eight questions for each walk, whatever its length, each
/// name asked for once. It belongs to the judgement of one message; not thread-safe.
/// </summary>
internal sealed class DmarcTree(IDnsResolver dns)
{
    public const int MostQueries = 8;

    private readonly Dictionary<string, DmarcRecord?> _known = new(StringComparer.Ordinal);

    /// <summary>The records found, the lowest domain first.</summary>
    /// <param name="domain">In canonical form.</param>
    /// <exception cref="DnsException">A question could not be answered.</exception>
    public async ValueTask<IReadOnlyList<(string Domain, DmarcRecord Record)>> WalkAsync(string domain, CancellationToken ct)
    {
        var found = new List<(string, DmarcRecord)>();
        var labels = domain.Split('.');
        for (var (skip, queries) = (0, 0); skip < labels.Length && queries < MostQueries; queries++)
        {
            var name = string.Join('.', labels[skip..]);
            if (await FindAsync(name, ct) is { } record)
            {
                found.Add((name, record));
                if (record.IsPublicSuffix is not null)
                    break;
            }

            // From a long name straight to the seven labels that are left to be asked for.
            skip = queries is 0 ? Math.Max(1, labels.Length - (MostQueries - 1)) : skip + 1;
        }

        return found;
    }

    /// <summary>Whose domain it is, as far as the records say (RFC 9989 §4.10.2); without any it is its own.</summary>
    /// <param name="records">Of a walk from <paramref name="domain"/>.</param>
    public static string OrganizationOf(string domain, IReadOnlyList<(string Domain, DmarcRecord Record)> records)
    {
        foreach (var (at, record) in records)
        {
            if (record.IsPublicSuffix is false)
                return at;
            if (record.IsPublicSuffix is true && at != domain)
            {
                var below = domain[..^(at.Length + 1)];
                return domain[(below.LastIndexOf('.') + 1)..];
            }
        }

        return records.Count > 0 ? records[^1].Domain : domain;
    }

    private async ValueTask<DmarcRecord?> FindAsync(string domain, CancellationToken ct)
    {
        if (_known.TryGetValue(domain, out var known))
            return known;
        var name = "_dmarc." + domain;
        var texts = DnsName.IsValid(name)
            ? (await dns.QueryAsync(name, DnsType.Txt, ct)).Records.OfType<DnsRecord.Text>().Select(text => text.Value).Where(DmarcRecord.IsOne).ToList()
            : [];
        return _known[domain] = texts is [var text] ? DmarcRecord.Parse(text) : null;   // of several none counts
    }
}
