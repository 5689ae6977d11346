using System.Globalization;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Quotas;

internal sealed class TenantQuotaCommand(TenantBook book, QuotaBook quotas, QuotaUse use) : ICommand
{
    private const string Unlimited = "none";

    public string Name => "tenant quota";

    public string Usage => "SLUG [--contacts N] [--mails-per-day N] [--storage-bytes N] [--users N] [--json]";

    public string Summary => "Show what a tenant takes up and may; set a limit, or 'none'";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("contacts", "mails-per-day", "storage-bytes", "users") is not [var slug]) return line.Refuse(this, "name one tenant");
        if (await book.FindAsync(slug, ct) is not { } tenant) return line.Fail(new UnknownTenant(slug));
        var before = await quotas.FindAsync(tenant.Id, ct);
        if (!TryRead(line, "contacts", before.Contacts, out var contacts) || !TryRead(line, "mails-per-day", before.MailsPerDay, out var mails)
            || !TryRead(line, "storage-bytes", before.StorageBytes, out var storage) || !TryRead(line, "users", before.Users, out var users)) return line.Refuse(this, "a limit is a whole number, or none");
        var quota = new Quota(contacts, mails, storage, users);
        if (quota != before && await quotas.SetAsync(slug, quota, Prompted.Actor, ct) is { IsOk: false } refused) return line.Fail(refused.Fault);

        var used = await use.FindAsync(tenant, ct);
        if (line.Has("json")) line.WriteJson(used.Select(u => new { what = QuotaWords.Name(u.Kind), used = u.Used, limit = u.Limit }));
        else foreach (var u in used) line.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{QuotaWords.Name(u.Kind),-14} {QuotaWords.Of(u)}"));
        return 0;
    }

    private static bool TryRead(CommandLine line, string option, long? before, out long? limit)
    {
        limit = before;
        if (line.Option(option) is not { } text) return true;
        limit = null;
        if (text == Unlimited) return true;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return false;
        limit = number;
        return true;
    }
}
