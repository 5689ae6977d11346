using Modular.Tenancy.Policies;
using Modular.Tenancy.Users;

namespace Modular.Tenancy.Tests.Users;

public sealed class PasswordTests
{
    [Theory]
    [InlineData("correct horse battery")]
    [InlineData("пароль из слов и ещё слов")]
    [InlineData("🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊")]
    public void Fifteen_characters_of_any_kind_will_do(string password) => Assert.Null(FaultOf(password));

    [Theory]
    [InlineData("")]
    [InlineData("fourteen chars")]
    [InlineData("🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊🦊")]
    public void Fewer_will_not(string password) => Assert.IsType<PasswordTooShort>(FaultOf(password));

    [Theory]
    [InlineData("passwordpassword")]
    [InlineData("Passw0rdPassw0rd!")]
    [InlineData("Summer2026Winter")]
    [InlineData("qwertyuiopasdfgh")]
    [InlineData("123456789012345")]
    [InlineData("aaaaaaaaaaaaaaaa")]
    [InlineData("               ")]
    [InlineData("abcabcabcabcabcabc")]
    [InlineData("letmein123letmein")]
    [InlineData("annmueller annmueller")]   // who they are
    public void What_guessers_try_first_will_not(string password) => Assert.IsType<PasswordIsCommon>(FaultOf(password));

    [Theory]
    [InlineData("dragon battery staple horse")]   // one well-known word among others
    [InlineData("48391-72058-39201")]
    public void What_only_holds_a_well_known_word_will_do(string password) => Assert.Null(FaultOf(password));

    [Fact]
    public void A_denied_word_is_found_in_any_case()
    {
        var rule = new PasswordPolicy { DeniedWords = ["Orbit"] };
        Assert.IsType<PasswordHoldsDeniedWord>(PasswordJudge.FaultOf("correct ORBIT battery", rule, []));
        Assert.Null(PasswordJudge.FaultOf("correct horse battery", rule, []));
    }

    [Fact]
    public void Work_is_bounded_by_octets()
    {
        Assert.True(PasswordRule.IsWithinBounds(new string('a', 256)));
        Assert.IsType<PasswordTooLong>(FaultOf(new string('a', 257)));
        Assert.IsType<PasswordTooLong>(FaultOf(new string('я', 129)));
    }

    [Fact]
    public void Generated_ones_pass_and_differ()
    {
        var made = Enumerable.Range(0, 100).Select(_ => PasswordRule.NewRandom()).ToList();

        Assert.All(made, p => Assert.Null(FaultOf(p)));
        Assert.Equal(100, made.Distinct().Count());
    }

    [Fact]
    public void The_hash_is_PBKDF2_with_SHA_512_and_210_000_rounds()
    {
        using var passwords = new Passwords();
        var hash = Convert.FromBase64String(passwords.Hash("correct horse battery"));

        Assert.Equal(1, hash[0]);                                    // the framework's format 3
        Assert.Equal([0, 0, 0, 2], hash[1..5]);                      // HMAC-SHA-512
        Assert.Equal(210_000, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5)));
    }

    [Fact]
    public void A_password_is_right_however_the_keyboard_composed_it()
    {
        using var passwords = new Passwords();
        var hash = passwords.Hash("zo\u00EB and the battery");

        Assert.True(passwords.IsRight(hash, "zoe\u0308 and the battery", out _));
        Assert.False(passwords.IsRight(hash, "zoe and the battery", out _));
        Assert.False(passwords.IsRight(null, "zoe and the battery", out _));
        Assert.False(passwords.IsRight(hash, new string('a', 1_000_000), out _));
        Assert.False(passwords.IsRight(hash, "half \uD83D", out _));
    }

    [Fact]
    public void A_hash_of_less_work_is_right_and_outdated()
    {
        using var passwords = new Passwords();
        var old = new Microsoft.AspNetCore.Identity.PasswordHasher<Account>().HashPassword(null!, "correct horse battery");   // the framework's 100,000 rounds

        Assert.True(passwords.IsRight(old, "correct horse battery", out var isOutdated));
        Assert.True(isOutdated);
    }

    private static Fault? FaultOf(string password) => PasswordJudge.FaultOf(password, EmailAddress.Parse("annmueller@acme.example"));
}
