using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Modular.Kernel.Sealing;

/// <summary>
/// One tenant's file in the key store: its data keys by version and its database password, each sealed by the master key (AES-256-GCM, the nonce in
/// front, the tag behind) with the tenant's id as associated data, so that files cannot be swapped.
/// </summary>
internal sealed record TenantKeyFile(Dictionary<byte, byte[]> Versions, string Password)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public byte Newest => Versions.Keys.Max();

    public byte[] Write(TenantId tenant, byte[] master) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["keys"] = new JsonObject(Versions.Select(k => KeyValuePair.Create<string, JsonNode?>(k.Key.ToString(CultureInfo.InvariantCulture), Wrap(tenant, master, k.Value)))),
        ["password"] = Wrap(tenant, master, Encoding.ASCII.GetBytes(Password)),
    });

    /// <exception cref="CryptographicException">The file is damaged, another tenant's, or of another master key.</exception>
    public static TenantKeyFile Read(TenantId tenant, byte[] master, byte[] content)
    {
        try
        {
            var json = JsonNode.Parse(content)!.AsObject();
            return new TenantKeyFile(
                json["keys"]!.AsObject().ToDictionary(k => byte.Parse(k.Key, CultureInfo.InvariantCulture), k => Unwrap(tenant, master, k.Value!.GetValue<string>())),
                Encoding.ASCII.GetString(Unwrap(tenant, master, json["password"]!.GetValue<string>())));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException or OverflowException)
        {
            throw new CryptographicException($"The key file of tenant {tenant} is damaged: restore it from where you keep it safe.", e);
        }
    }

    /// <summary>These keys, in the arrays that <paramref name="before"/> has them in already: what is derived from a key lives with its array.</summary>
    public TenantKeyFile KeepingArraysOf(TenantKeyFile before) => this with
    {
        Versions = Versions.ToDictionary(k => k.Key, k => before.Versions.TryGetValue(k.Key, out var old) && CryptographicOperations.FixedTimeEquals(old, k.Value) ? old : k.Value),
    };

    private static string Wrap(TenantId tenant, byte[] master, byte[] secret)
    {
        var wrapped = new byte[NonceBytes + secret.Length + TagBytes];
        var nonce = wrapped.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(master, TagBytes);
        cipher.Encrypt(nonce, secret, wrapped.AsSpan(NonceBytes, secret.Length), wrapped.AsSpan(NonceBytes + secret.Length), Encoding.ASCII.GetBytes(tenant.ToString()));
        return Convert.ToBase64String(wrapped);
    }

    private static byte[] Unwrap(TenantId tenant, byte[] master, string text)
    {
        var wrapped = Convert.FromBase64String(text).AsSpan();
        if (wrapped.Length < NonceBytes + TagBytes) throw new FormatException("Too short to have been wrapped here.");
        var secret = new byte[wrapped.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(master, TagBytes);
        cipher.Decrypt(wrapped[..NonceBytes], wrapped[NonceBytes..^TagBytes], wrapped[^TagBytes..], secret, Encoding.ASCII.GetBytes(tenant.ToString()));
        return secret;
    }
}
