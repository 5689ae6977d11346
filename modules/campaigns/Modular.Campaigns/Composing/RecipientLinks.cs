using System.Text;
using Modular.Campaigns.Tracking;

namespace Modular.Campaigns.Composing;

/// <summary>Writes the addresses that belong to one recipient of one revision; used again for the next recipient.</summary>
internal sealed class RecipientLinks
{
    private readonly ISealer? _sealer;
    private readonly TenantId _tenant;
    private readonly long _revisionId;
    private readonly byte[] _origin;
    private long _recipientId;
    private bool _isTest;

    private RecipientLinks() => _origin = [];

    public RecipientLinks(ISealer sealer, Uri publicUrl, TenantId tenant, long revisionId)
    {
        _sealer = sealer;
        _tenant = tenant;
        _revisionId = revisionId;
        _origin = Encoding.UTF8.GetBytes(publicUrl.AbsoluteUri.TrimEnd('/'));
    }

    /// <summary>For previews: links lead where the author wrote, ours lead nowhere.</summary>
    public static RecipientLinks None { get; } = new();

    public bool AreTracked => _sealer is not null;

    public void Turn(long recipientId, bool isTest) => (_recipientId, _isTest) = (recipientId, isTest);

    public void WriteClick(Utf8Output output, int link) => Write(output, "/c/"u8, LinkKind.Click, (ushort)link);

    public void WriteOpen(Utf8Output output)
    {
        Write(output, "/o/"u8, LinkKind.Open, 0);
        output.Write(".gif"u8);
    }

    public void Write(Utf8Output output, SystemLink link)
    {
        if (!AreTracked) output.Write("#"u8);
        else if (link is SystemLink.Unsubscribe) Write(output, "/u/"u8, LinkKind.Unsubscribe, 0);
        else if (link is SystemLink.Preferences) Write(output, "/p/"u8, LinkKind.Preferences, 0);
        else Write(output, "/v/"u8, LinkKind.View, 0);
    }

    public Uri Unsubscribe() =>
        new(Encoding.ASCII.GetString(_origin) + "/u/" + new LinkToken(LinkKind.Unsubscribe, _isTest, _tenant, _revisionId, _recipientId, 0).ToText(_sealer!)); // asked for real mail only

    private void Write(Utf8Output output, ReadOnlySpan<byte> path, LinkKind kind, ushort link)
    {
        output.Write(_origin);
        output.Write(path);
        var text = output.Take(LinkToken.Length);
        if (text.Length == LinkToken.Length) new LinkToken(kind, _isTest, _tenant, _revisionId, _recipientId, link).Write(_sealer!, text); // only where links are tracked
    }
}
