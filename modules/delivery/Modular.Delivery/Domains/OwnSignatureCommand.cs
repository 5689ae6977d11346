using System.Text.Json;

namespace Modular.Delivery.Domains;

/// <summary><c>modular signing-domain</c>: what the installation's own domain has to publish.</summary>
internal sealed class OwnSignatureCommand(OwnSignature own) : ICommand
{
    public string Name => "signing-domain";

    public string Usage => "[--json]";

    public string Summary => "Show the TXT record with which receivers check the installation's own signature";

    public async Task<int> RunAsync(CommandLine line, CancellationToken ct)
    {
        if (line.Positional().Count > 0) return line.Refuse(this, "it takes no arguments");
        if (await own.RecordAsync(ct) is not var (domain, record)) return line.Refuse(this, "no domain is named: set Delivery:SigningDomain to one whose DNS you run");
        var shown = DkimRecordJson.Of(domain, record);
        await line.Out.WriteLineAsync(line.Has("json") ? JsonSerializer.Serialize(shown, JsonSerializerOptions.Web) : $"{shown.Name} TXT \"{shown.Value}\"");
        return 0;
    }
}
