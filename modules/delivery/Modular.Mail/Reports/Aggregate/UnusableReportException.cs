namespace Modular.Mail.Reports.Aggregate;

/// <summary>Ends the reading of a report from wherever it is, inside a stream too; it never leaves <see cref="DomainReportReader"/>.</summary>
internal sealed class UnusableReportException(string reason) : Exception(reason);
