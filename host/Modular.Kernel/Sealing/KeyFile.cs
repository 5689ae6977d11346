using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Modular.Kernel.Sealing;

/// <summary>
/// One owner's file in the key store: its data keys by version, its root and its database password, each sealed by the master key that the file names (AES-256-GCM, the
/// nonce in front, the tag behind) with the owner's name as associated data, so that files cannot be swapped.
/// </summary>
/// <param name="Root">What blind indexes and MACs are made from: it outlives every rotation.</param>
/// <param name="Master">The fingerprint of the master that wrapped it; null when it was not read from a file.</param>
internal sealed record KeyFile(Dictionary<byte, byte[]> Versions, byte[] Root, string Password, string? Master = null)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public byte Newest => Versions.Keys.Max();

    public byte[] Write(string owner, MasterKey master) => JsonSerializer.SerializeToUtf8Bytes(new JsonObject
    {
        ["master"] = master.Fingerprint,
        ["keys"] = new JsonObject(Versions.Select(k => KeyValuePair.Create<string, JsonNode?>(k.Key.ToString(CultureInfo.InvariantCulture), Wrap(owner, master, k.Value)))),
        ["root"] = Wrap(owner, master, Root),
        ["password"] = Wrap(owner, master, Encoding.ASCII.GetBytes(Password)),
    });

    /// <summary>The fingerprint of the master that wraps a file.</summary>
    /// <exception cref="CryptographicException">It is no key file.</exception>
    public static string MasterOf(string owner, byte[] content)
    {
        try
        {
            return JsonNode.Parse(content)!["master"]!.GetValue<string>();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException)
        {
            throw Damaged(owner, e);
        }
    }

    /// <exception cref="CryptographicException">The file is damaged, another owner's, or of another master key.</exception>
    public static KeyFile Read(string owner, MasterKey master, byte[] content)
    {
        try
        {
            var json = JsonNode.Parse(content)!.AsObject();
            return new KeyFile(
                json["keys"]!.AsObject().ToDictionary(k => byte.Parse(k.Key, CultureInfo.InvariantCulture), k => Unwrap(owner, master, k.Value!.GetValue<string>())),
                Unwrap(owner, master, json["root"]!.GetValue<string>()),
                Encoding.ASCII.GetString(Unwrap(owner, master, json["password"]!.GetValue<string>())),
                master.Fingerprint);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or NullReferenceException or OverflowException)
        {
            throw Damaged(owner, e);
        }
    }

    private static CryptographicException Damaged(string owner, Exception e) => new($"The key file of {owner} is damaged: restore it from where you keep it safe.", e);

    /// <summary>These keys, in the arrays that <paramref name="before"/> has them in already: what is derived from a key lives with its array.</summary>
    public KeyFile KeepingArraysOf(KeyFile before) => this with
    {
        Versions = Versions.ToDictionary(k => k.Key, k => before.Versions.TryGetValue(k.Key, out var old) ? Same(old, k.Value) : k.Value),
        Root = Same(before.Root, Root),
    };

    private static byte[] Same(byte[] before, byte[] now) => CryptographicOperations.FixedTimeEquals(before, now) ? before : now;

    private static string Wrap(string owner, MasterKey master, byte[] secret)
    {
        var wrapped = new byte[NonceBytes + secret.Length + TagBytes];
        var nonce = wrapped.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(master.Bytes, TagBytes);
        cipher.Encrypt(nonce, secret, wrapped.AsSpan(NonceBytes, secret.Length), wrapped.AsSpan(NonceBytes + secret.Length), Encoding.ASCII.GetBytes(owner));
        return Convert.ToBase64String(wrapped);
    }

    private static byte[] Unwrap(string owner, MasterKey master, string text)
    {
        var wrapped = Convert.FromBase64String(text).AsSpan();
        if (wrapped.Length < NonceBytes + TagBytes) throw new FormatException("Too short to have been wrapped here.");
        var secret = new byte[wrapped.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(master.Bytes, TagBytes);
        cipher.Decrypt(wrapped[..NonceBytes], wrapped[NonceBytes..^TagBytes], wrapped[^TagBytes..], secret, Encoding.ASCII.GetBytes(owner));
        return secret;
    }
}
