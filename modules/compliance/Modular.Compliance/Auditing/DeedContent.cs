using System.Text.Json;
using System.Text.Json.Serialization;
using Modular.Kernel.Auditing;

namespace Modular.Compliance.Auditing;

/// <summary>What is sealed of a deed: what may say something about a person.</summary>
internal sealed record DeedContent(string Actor, string? Address, string? Before, string? After)
{
    private const int MostActor = 400;
    private const int MostChange = 8_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public static DeedContent Of(AuditEntry entry, AuditOrigin from) =>
        new(Clean(entry.Actor, MostActor)!, from.Address is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4().ToString() : from.Address?.ToString(),
            Clean(entry.Before, MostChange), Clean(entry.After, MostChange));

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    public static DeedContent Decode(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize<DeedContent>(bytes, Json) ?? throw new JsonException("A deed's content is null.");

    /// <summary>Cut to length, and without what a text column cannot hold: a zero, half a surrogate pair.</summary>
    public static string? Clean(string? text, int most)
    {
        if (text is null) return null;
        if (text.Length > most) text = text[..(most - 1)] + "…";
        return text.Any(c => c is '\0' || char.IsSurrogate(c)) ? string.Concat(text.EnumerateRunes().Where(r => r.Value != 0)) : text;
    }
}
