using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Kernel.Auditing;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Tenants;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Pages.Tenancy;

[AllowAnonymous]
internal sealed class SignInModel(PasswordCheck passwords, KnownDevice devices, Accounts accounts, ITenants tenants, Deeds deeds, TimeProvider time, IStringLocalizer<Texts> texts) : PageModel
{
    [BindProperty]
    public SignInInput Input { get; set; } = new();

    /// <summary>The page that was asked for before; only a local address is gone to.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Return { get; set; }

    public IActionResult OnGet() => HttpContext.FindCaller() is null ? Page() : Onward();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!Origin.MaySendSecrets(HttpContext)) return Refuse("InClear");
        var verdict = await passwords.CheckAsync(Input.Address ?? "", Input.Password ?? "", account => Origin.Of(HttpContext, devices.Find(HttpContext, account.UserId)), ct);
        switch (verdict)
        {
            case PasswordVerdict.TooMany(var wait):
                Response.StatusCode = StatusCodes.Status429TooManyRequests;
                Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(System.Globalization.CultureInfo.InvariantCulture);
                return Refuse("TooMany", Math.Max(1, (int)Math.Ceiling(wait.TotalMinutes)));
            case PasswordVerdict.Right(var account):
                return await FirstTenantAsync(account.UserId, ct) is { } tenant ? await EnterAsync(account, tenant, ct) : Refuse("NoTenant");
            default:
                return Refuse("WrongPassword");
        }
    }

    private async Task<IActionResult> EnterAsync(Account account, TenantId tenant, CancellationToken ct)
    {
        await HttpContext.SignInAsync(ConsoleCookie.Scheme, ConsoleCookie.PrincipalOf(account, tenant), new AuthenticationProperties { IssuedUtc = time.GetUtcNow() });
        devices.Remember(HttpContext, account.UserId);
        await accounts.SignedInAsync(account.UserId, ct);
        await deeds.RecordAsync(tenant, new AuditEntry("user:" + accounts.OpenName(account.UserId, account.NameSealed), "user.signed-in", $"user/{account.UserId}"), ct);
        return Onward();
    }

    private async Task<TenantId?> FirstTenantAsync(long userId, CancellationToken ct)
    {
        foreach (var id in await accounts.TenantsOfAsync(userId, ct))
        {
            if (await tenants.FindAsync(id, ct) is { State: TenantState.Active }) return id;
        }
        return null;
    }

    private LocalRedirectResult Onward() => LocalRedirect(Url.IsLocalUrl(Return) ? Return : "/");

    private PageResult Refuse(string text, params object[] args)
    {
        Input.Password = null;
        ModelState.Remove("Input.Password");
        ModelState.AddModelError("", texts[text, args]);
        return Page();
    }
}

/// <summary>What was typed.</summary>
internal sealed class SignInInput
{
    public string? Address { get; set; }

    public string? Password { get; set; }
}
