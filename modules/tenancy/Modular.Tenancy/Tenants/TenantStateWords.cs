using Modular.Web.Kit;

namespace Modular.Tenancy.Tenants;

internal static class TenantStateWords
{
    extension(TenantState state)
    {
        /// <summary>As it is stored, and as programs read it.</summary>
        public string Word() => state.ToString().ToLowerInvariant();

        public Tone Tone() => state switch
        {
            TenantState.Active => Web.Kit.Tone.Good,
            TenantState.Suspended => Web.Kit.Tone.Warn,
            _ => Web.Kit.Tone.Neutral,
        };
    }
}
