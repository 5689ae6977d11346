namespace Modular.Delivery.Domains;

/// <summary>Which sending domains are somebody's: to others they are not there.</summary>
internal static class DomainReach
{
    extension(Caller caller)
    {
        public bool Reaches(string domain) => caller.Limits.SendingDomains?.Contains(domain) is not false;
    }
}
