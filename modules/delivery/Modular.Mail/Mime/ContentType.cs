namespace Modular.Mail.Mime;

/// <summary>A media type and its parameters (RFC 2045 §5).</summary>
public sealed class ContentType
{
    private readonly IReadOnlyDictionary<string, string> parameters;

    private ContentType(string type, string subtype, IReadOnlyDictionary<string, string> parameters)
    {
        Type = type;
        Subtype = subtype;
        this.parameters = parameters;
    }

    /// <summary>What a part without a usable field is (RFC 2045 §5.2).</summary>
    public static ContentType Default { get; } = new("text", "plain", new Dictionary<string, string>());

    internal static ContentType Message { get; } = new("message", "rfc822", new Dictionary<string, string>());

    /// <summary>A media type that we write.</summary>
    /// <param name="mediaType">Such as application/pdf.</param>
    /// <exception cref="ArgumentException">It is not two tokens with a slash between them, or a parameter's name is none (RFC 2045 §5.1).</exception>
    public static ContentType Create(string mediaType, params IReadOnlyList<(string Name, HeaderText Value)> parameters)
    {
        if (mediaType?.Split('/') is not [var type, var subtype] || !ParameterWriter.IsToken(type) || !ParameterWriter.IsToken(subtype))
            throw new ArgumentException("A media type is a type, a slash and a subtype.", nameof(mediaType));
        return new ContentType(type.ToLowerInvariant(), subtype.ToLowerInvariant(), parameters.ToDictionary(p => p.Name, p => p.Value.ToString(), StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>In lower case.</summary>
    public string Type { get; }

    /// <summary>In lower case.</summary>
    public string Subtype { get; }

    /// <summary>Such as text/plain, in lower case.</summary>
    public string MediaType => $"{Type}/{Subtype}";

    /// <summary>A parameter's value, decoded; null when it is not there. Names compare without regard to case.</summary>
    public string? this[string parameter] => parameters.GetValueOrDefault(parameter);

    public string? Charset => this["charset"];

    public string? Boundary => this["boundary"];

    /// <summary>True for types whose body is a message (RFC 2046 §5.2.1, RFC 6532 §3.7, and the older message/news).</summary>
    internal bool IsMessage => Type is "message" && Subtype is "rfc822" or "global" or "news";

    internal HeaderLine ToHeaderLine() => HeaderLine.Parameters("Content-Type", MediaType, [.. parameters.Select(p => (p.Key, HeaderText.Create(p.Value)))]);

    public bool Is(string type, string subtype) => Type == type && Subtype == subtype;

    public static ContentType Parse(string value)
    {
        var (type, parameters) = ParameterList.Parse(value);
        var slash = type.IndexOf('/', StringComparison.Ordinal);
        if (slash < 1 || slash == type.Length - 1 || !type.All(c => char.IsAsciiLetterOrDigit(c) || "!#$&-^_.+/".Contains(c, StringComparison.Ordinal)))
            return new ContentType("text", "plain", parameters);
        return new ContentType(type[..slash].ToLowerInvariant(), type[(slash + 1)..].ToLowerInvariant(), parameters);
    }

    public override string ToString() => MediaType;
}
