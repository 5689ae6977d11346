using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Modular.Tenancy.SignIn;

/// <summary>The framework's key ring (cookies, form tokens) in the database, where every process finds it; its secrets are sealed under the installation's key.</summary>
/// <remarks>The framework asks synchronously, at the first use and once a day after that; nothing else of ours blocks on the database.</remarks>
internal sealed class KeyRing(SystemDb db) : IXmlRepository
{
    private const string ReadAll = "select xml from tenancy.data_protection_key order by name";

    private const string Add = """
        insert into tenancy.data_protection_key (name, xml) values (@Name, @Xml)
        on conflict (name) do update set xml = excluded.xml
        """;

    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. Task.Run(() => db.ListAsync<string>(ReadAll, null, CancellationToken.None)).GetAwaiter().GetResult().Select(XElement.Parse)];

    public void StoreElement(XElement element, string friendlyName) =>
        Task.Run(() => db.RunAsync(Add, new { Name = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) }, CancellationToken.None)).GetAwaiter().GetResult();
}

/// <summary>Seals the ring's secrets; the stored form names <see cref="KeyRingOpener"/>, which the framework then creates to open it.</summary>
internal sealed class KeyRingSealer(ISealer sealer) : IXmlEncryptor
{
    internal const string Purpose = "tenancy.key-ring";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(
        new XElement("sealed", Convert.ToBase64String(sealer.SealSystem(Purpose, Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting))))),
        typeof(KeyRingOpener));
}

internal sealed class KeyRingOpener(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) => XElement.Parse(Encoding.UTF8.GetString(
        services.GetRequiredService<ISealer>().OpenSystem(KeyRingSealer.Purpose, Convert.FromBase64String(encryptedElement.Value))));
}

internal static class KeyRingServices
{
    public static IServiceCollection AddKeyRing(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("modular");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(s => new ConfigureOptions<KeyManagementOptions>(options =>
        {
            options.XmlRepository = new KeyRing(s.GetRequiredService<SystemDb>());
            options.XmlEncryptor = new KeyRingSealer(s.GetRequiredService<ISealer>());
        }));
        return services;
    }
}
