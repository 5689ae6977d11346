namespace Modular.Mail.Smtp.Server;

/// <summary>Everything our server says by itself.</summary>
internal static class Replies
{
    public static readonly SmtpReply Ok = new(250, "2.0.0", "Ok");
    public static readonly SmtpReply SenderOk = new(250, "2.1.0", "Ok");
    public static readonly SmtpReply RecipientOk = new(250, "2.1.5", "Ok");
    public static readonly SmtpReply CannotVerify = new(252, "2.5.2", "Send some mail, and we will do our best");
    public static readonly SmtpReply Help = new(214, "2.0.0", "See RFC 5321");
    public static readonly SmtpReply Bye = new(221, "2.0.0", "Bye");
    public static readonly SmtpReply StartTls = new(220, "2.0.0", "Go ahead");
    public static readonly SmtpReply SignedIn = new(235, "2.7.0", "Signed in");
    public static readonly SmtpReply StartData = new(354, default(EnhancedStatus), "End data with <CRLF>.<CRLF>");

    public static readonly SmtpReply TryLater = new(451, "4.3.0", "Trouble on our side, try again later");
    public static readonly SmtpReply TooManyRecipients = new(452, "4.5.3", "Too many recipients, send the rest in another transaction");
    public static readonly SmtpReply OutOfMemory = new(452, "4.3.1", "No room for the message now, try again later");
    public static readonly SmtpReply TimedOut = new(421, "4.4.2", "Waited too long, closing");
    public static readonly SmtpReply Stopping = new(421, "4.3.2", "Shutting down, try again later");
    public static readonly SmtpReply TooBusy = new(421, "4.3.2", "Too many sessions, try again later");
    public static readonly SmtpReply TooManyFromYou = new(421, "4.7.0", "Too many connections from your address");
    public static readonly SmtpReply TooManyErrors = new(421, "4.7.0", "Too many errors or idle commands, closing");
    public static readonly SmtpReply TooManySignIns = new(421, "4.7.0", "Too many failed sign-ins, closing");
    public static readonly SmtpReply AuthTryLater = new(454, "4.7.0", "Cannot check that now, try again later");
    public static readonly SmtpReply OurFault = new(421, "4.3.0", "Trouble on our side, closing");

    public static readonly SmtpReply UnknownCommand = new(500, "5.5.1", "Command not recognised");
    public static readonly SmtpReply LineTooLong = new(500, "5.5.2", "Line too long");
    public static readonly SmtpReply BareLineEnd = new(500, "5.5.2", "Lines must end in CRLF, closing");
    public static readonly SmtpReply BadSyntax = new(500, "5.5.2", "Syntax error");
    public static readonly SmtpReply BadHelo = new(501, "5.5.4", "Give your domain name or [address]");
    public static readonly SmtpReply NoArgument = new(501, "5.5.4", "This command takes no argument");
    public static readonly SmtpReply BadSender = new(501, "5.1.7", "Syntax: MAIL FROM:<address>");
    public static readonly SmtpReply BadRecipient = new(501, "5.1.3", "Syntax: RCPT TO:<address>");
    public static readonly SmtpReply BadParameter = new(501, "5.5.4", "Parameter malformed or given twice");
    public static readonly SmtpReply BadBase64 = new(501, "5.5.2", "Not base64");
    public static readonly SmtpReply AuthCancelled = new(501, "5.7.0", "Cancelled");
    public static readonly SmtpReply AuthLineTooLong = new(500, "5.5.6", "Line too long");
    public static readonly SmtpReply NoMechanism = new(501, "5.5.4", "Syntax: AUTH mechanism");
    public static readonly SmtpReply BadChunk = new(501, "5.5.4", "Syntax: BDAT size [LAST], closing");
    public static readonly SmtpReply NotOffered = new(502, "5.5.1", "Command not offered");
    public static readonly SmtpReply BadSequence = new(503, "5.5.1", "Bad sequence of commands");
    public static readonly SmtpReply TlsNotLast = new(503, "5.5.1", "Nothing may follow STARTTLS in its group, closing");
    public static readonly SmtpReply UnknownMechanism = new(504, "5.5.4", "Mechanism not offered");
    public static readonly SmtpReply TlsFirst = new(530, "5.7.0", "Must issue a STARTTLS command first");
    public static readonly SmtpReply SignInFirst = new(530, "5.7.0", "Authentication required");
    public static readonly SmtpReply BadCredentials = new(535, "5.7.8", "Wrong user name or password");
    public static readonly SmtpReply AuthNeedsTls = new(538, "5.7.11", "Encryption required to sign in");
    public static readonly SmtpReply NeedsUtf8 = new(553, "5.6.7", "Address needs SMTPUTF8");
    public static readonly SmtpReply NoRecipients = new(554, "5.5.1", "No valid recipients");
    public static readonly SmtpReply Loop = new(554, "5.4.6", "Too many hops, this mail goes round in circles");
    public static readonly SmtpReply EarlyTalker = new(554, "5.5.0", "You spoke before the greeting, closing");
    public static readonly SmtpReply NotHttp = new(554, "5.5.0", "This is a mail server, closing");
    public static readonly SmtpReply TooLarge = new(552, "5.3.4", "Message larger than we take");
    public static readonly SmtpReply BareLineEndInMessage = new(550, "5.5.2", "Message has a CR or LF that stands alone, closing");
    public static readonly SmtpReply UnknownParameter = new(555, "5.5.4", "Parameter not known");
}
