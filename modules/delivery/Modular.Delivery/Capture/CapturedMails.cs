using Modular.Delivery.Letters;
using Modular.Mail.Mime;

namespace Modular.Delivery.Capture;

/// <summary>
/// Finds a tenant's captured mail, newest first. What is older than the segments kept is counted, and no longer shown. The suite's own letters open accounts:
/// only those see them who may change the rules of signing in.
/// </summary>
internal sealed class CapturedMails(CaptureFiles files, ISealer sealer)
{
    public const int MaxPage = 100;

    /// <param name="recipient">Only to this address; null for all.</param>
    /// <param name="messageId">With or without angle brackets; null for all.</param>
    /// <param name="before">The number of the last one seen; null for the newest.</param>
    public IReadOnlyList<CapturedMail> List(Caller caller, string? recipient, string? messageId, long? before, int size)
    {
        var tenant = caller.Tenant;
        UInt128? to = recipient is null ? null : CaptureSession.RecipientHash(sealer, tenant, recipient.Trim());
        UInt128? id = messageId is null ? null : CaptureSession.Hash(messageId);
        var found = new List<CapturedMail>(size);
        foreach (var (number, record) in files.ReadBackFrom(before ?? long.MaxValue))
        {
            if (record.Tenant != tenant.Value || (to is { } wanted && record.Recipient != wanted) || (id is { } named && record.MessageId != named)) continue;
            if (files.Open(number, record) is not { } mail) break; // all before it are gone too
            if (!MaySee(caller, mail)) continue;
            found.Add(mail);
            if (found.Count == size) break;
        }
        return found;
    }

    public CapturedMail? Find(Caller caller, long number)
    {
        foreach (var (at, record) in files.ReadFrom(number)) return at == number && record.Tenant == caller.Tenant.Value && files.Open(number, record) is { } mail && MaySee(caller, mail) ? mail : null;
        return null;
    }

    private static bool MaySee(Caller caller, CapturedMail mail) => caller.May(Permissions.SecurityManage) || HeadersOf(mail)[LetterWriter.Mark] is null;

    public static HeaderList HeadersOf(CapturedMail mail)
    {
        var end = mail.Content.Span.IndexOf("\r\n\r\n"u8);
        return HeaderList.Parse(end < 0 ? mail.Content : mail.Content[..(end + 2)]);
    }
}
