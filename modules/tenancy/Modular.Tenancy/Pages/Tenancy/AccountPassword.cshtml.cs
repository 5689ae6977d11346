using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Modular.Tenancy.Policies;
using Modular.Tenancy.SignIn;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Pages.Tenancy;

[ForEveryoneSignedIn, OpenOnDetour(Path)]
internal sealed class AccountPasswordModel(
    PasswordCheck check, PasswordChange change, Accounts accounts, PolicyBook policies, KnownDevice devices, IStringLocalizer<Texts> texts) : PageModel
{
    public const string Path = "/account/password";

    [BindProperty]
    public string? Current { get; set; }

    [BindProperty]
    public string? New { get; set; }

    public int Shortest { get; private set; }

    public bool IsTooOld => HttpContext.Caller.Detour == Path;

    [BindProperty(SupportsGet = true, Name = "done")]
    public bool IsDone { get; set; }

    private long UserId => HttpContext.Caller.UserId ?? throw new InvalidOperationException("A page was opened by one who is no person.");

    public async Task OnGetAsync(CancellationToken ct) => Shortest = (await policies.OfPersonAsync(UserId, ct)).Password.Shortest;

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await OnGetAsync(ct);
        if (!Origin.MaySendSecrets(HttpContext)) return Refuse("", texts["InClear"]);
        if (await accounts.FindAsync(UserId, ct) is not { } account) return Forbid();
        switch (await check.CheckAsync(accounts.OpenName(UserId, account.NameSealed), Current ?? "", _ => Origin.Of(HttpContext, devices.Find(HttpContext, UserId)), ct))
        {
            case PasswordVerdict.TooMany(var wait):
                Response.StatusCode = StatusCodes.Status429TooManyRequests;
                return Refuse(nameof(Current), texts["TooMany", Math.Max(1, (int)Math.Ceiling(wait.TotalMinutes))]);
            case PasswordVerdict.Right:
                return await change.ChangeAsync(HttpContext, account, New ?? "", ct) is { } fault ? Refuse(nameof(New), fault.Detail) : Redirect("/account/password?done=true");
            default:
                return Refuse(nameof(Current), texts["WrongPasswordHere"]);
        }
    }

    private PageResult Refuse(string field, string detail)
    {
        ModelState.AddModelError(field, detail);
        return Page();
    }
}
