namespace Modular.Kernel.Auditing;

/// <summary>
/// The one place where doors say that they turned someone away. It counts in memory and writes equal refusals as one record with their number, at most so many records
/// a minute, so that a flood of attempts fills no table. Served by compliance; never waits and never throws.
/// </summary>
public interface IRefusalLog
{
    /// <param name="tenant">Whose trail it belongs to; null where the tenant is not known, which is the installation's.</param>
    /// <param name="actor">Who they are, or said they were: <c>user:ann@acme.example</c>, <c>key:import-job</c>; <c>anonymous</c> where they said nothing.</param>
    /// <param name="action">What was refused, in past tense as of a deed: <c>access.refused</c>, <c>sign-in.refused</c>.</param>
    /// <param name="subject">What they wanted: <c>permission/contacts.export</c>, <c>page/settings/keys</c>; nothing that a stranger can make endless.</param>
    /// <param name="reason">Why, for a reader of the trail; never a secret, never what was typed.</param>
    /// <param name="from">Null takes <see cref="AuditOrigin.Current"/>.</param>
    void Refused(TenantId? tenant, string actor, string action, string subject, string reason, AuditOrigin? from = null);
}
