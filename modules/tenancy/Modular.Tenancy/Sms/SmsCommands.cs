using System.Globalization;
using Modular.Kernel.Auditing;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Sms;

internal sealed class SmsUseCommand(SmsSetup setup, IInstallationAudit audit) : ICommand
{
    public string Name => "sms use";

    public string Usage => "GATEWAY [--countries +49,+43] [--per-tenant-day 500]   (settings on standard input, one NAME=VALUE in a line; \\n in a value is a line break)";

    public string Summary => "Choose the gateway that carries SMS codes, such as sms-http; 'none' for none";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional("countries", "per-tenant-day") is not [var gateway]) return line.Refuse(this, "name one gateway");
        if (gateway == "none")
        {
            if (await setup.RemoveAsync(ct)) await audit.RecordAsync(new AuditEntry(Prompted.Actor, "sms-gateway.removed", "installation/sms"), ct);
            line.Out.WriteLine("No SMS is sent any more.");
            return 0;
        }
        var countries = (line.Option("countries") ?? "").Split([',', ' '], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (countries.FirstOrDefault(c => c.Length is < 2 or > 16 || c[0] != '+' || !c.Skip(1).All(char.IsAsciiDigit)) is { } bad) return line.Refuse(this, $"'{bad}' is no beginning of a number, as in +49");
        if (!int.TryParse(line.Option("per-tenant-day") ?? SmsSetup.PerTenantDay.ToString(CultureInfo.InvariantCulture), NumberStyles.None, CultureInfo.InvariantCulture, out var perDay) || perDay < 1) return line.Refuse(this, "--per-tenant-day takes a number from 1");

        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await Console.In.ReadLineAsync(ct) is { } entry)
        {
            if (entry.Trim().Length == 0) continue;
            if (entry.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var equals)) return line.Refuse(this, "each line of standard input is NAME=VALUE");
            settings[entry[..equals].Trim()] = entry[(equals + 1)..].Replace("\\n", "\n", StringComparison.Ordinal);
        }
        if (await setup.SaveAsync(new SmsRoute(gateway, settings, countries, perDay), ct) is { } fault) return line.Fail(fault);
        await audit.RecordAsync(new AuditEntry(Prompted.Actor, "sms-gateway.set", "installation/sms", gateway), ct);
        line.Out.WriteLine($"SMS goes through {gateway}. Try it: modular sms test +491701234567");
        return 0;
    }
}

internal sealed class SmsShowCommand(SmsSetup setup) : ICommand
{
    public string Name => "sms show";

    public string Usage => "";

    public string Summary => "Say which gateway carries SMS, without its secrets";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        var (inForce, stored) = (await setup.FindAsync(ct), await setup.StoredAsync(ct));
        line.Out.WriteLine(inForce is null ? "No SMS is sent: no gateway is set up." : $"In force: {inForce.Gateway}{(inForce.Gateway == SmsSetup.Capture ? " (capture mode: messages stay here and are read in the console)" : "")}");
        if (stored is null) return 0;
        line.Out.WriteLine($"Set up: {stored.Gateway}, {stored.PerTenantDay} messages a tenant and day, numbers: {(stored.Countries.Count == 0 ? "all" : string.Join(", ", stored.Countries))}");
        var secrets = setup.SecretsOf(stored.Gateway);
        foreach (var (name, value) in stored.Settings.OrderBy(s => s.Key, StringComparer.Ordinal)) line.Out.WriteLine($"  {name}={(secrets.Contains(name) ? "(sealed)" : value.Replace("\n", "\\n", StringComparison.Ordinal))}");
        return 0;
    }
}

internal sealed class SmsTestCommand(SmsSetup setup, SmsSender sender) : ICommand
{
    public string Name => "sms test";

    public string Usage => "NUMBER";

    public string Summary => "Send one message through the gateway that was set up, and say what it answered";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional() is not [var typed]) return line.Refuse(this, "name one number");
        if (!PhoneNumber.TryParse(typed, out var number)) return line.Fail(new PhoneNumberBad());
        if (await setup.StoredAsync(ct) is not { } route) return line.Fail(new SmsNotSetUp());
        if (await setup.FindAsync(ct) is { Gateway: SmsSetup.Capture }) return line.Refuse(this, "in capture mode nothing leaves this machine; set Delivery:Mode first");
        if (await sender.HandOverAsync(route, number, "This is a test of the SMS gateway.", ct) is { } fault) return line.Fail(fault);
        line.Out.WriteLine($"{route.Gateway} took the message.");
        return 0;
    }
}
