"""How clauses begin, in each language."""

from __future__ import annotations

from fourfold.language.clause_grammar import ClauseGrammar

ENGLISH = ClauseGrammar(
    opening=r"(?:well|anyway|oh|ah|wow|haha|hey|hi|hello|yeah|yes|yep|yup|yay|no|nope|ok|okay|sure|btw|by the way"
    r"|so|and|but|plus|also|however|fyi|thanks|thank you)",
    joining=r"(?:and|so|but|plus|or)",
    contrast=r"(?:but|yet|however|although|(?:even )?though|except|unless|only|not)",
    depending=r"(?:if|unless|until|till|when(?:ever)?|while|because|since|as|after|before|once|although"
    r"|(?:even )?though|in case|so that)",
    subjects=r"(?:I|we|you|he|she|it|they|this|that|these|those|there)",
)
GERMAN = ClauseGrammar(
    opening=r"(?:na ?ja|also|oh|ach|hallo|hey|hi|ja|nein|nee|ok|okay|klar|übrigens|und|aber|danke)",
    joining=r"(?:und|also|aber|oder|denn)",
    contrast=r"(?:aber|doch|jedoch|obwohl|sondern|außer|allerdings|nur|nicht)",
    depending=r"(?:wenn|falls|bis|als|während|weil|da|seit|nachdem|bevor|sobald|obwohl|damit)",
    subjects=r"(?:ich|wir|du|ihr|er|sie|es|dies)",
)
FRENCH = ClauseGrammar(
    opening=r"(?:bon|ben|alors|oh|ah|salut|bonjour|oui|non|ok|d['’]accord|au fait|et|mais|merci)",
    joining=r"(?:et|donc|mais|ou|car)",
    contrast=r"(?:mais|pourtant|cependant|sauf|bien qu[e'’]|quoique|seulement|pas)",
    depending=r"(?:si|quand|lorsqu[e'’]|jusqu['’]|pendant|parce qu|puisqu[e'’]|depuis|après|avant|dès|bien qu[e'’]"
    r"|pour qu[e'’])",
    subjects=r"(?:je|j(?=['’])|nous|tu|vous|ils?|elles?|on|ça|c(?=['’]))",
)
SPANISH = ClauseGrammar(
    opening=r"(?:bueno|pues|oh|ah|hola|sí|no|vale|ok|por cierto|y|pero|gracias)",
    joining=r"(?:y|e|así que|pero|o)",
    contrast=r"(?:pero|sin embargo|aunque|excepto|salvo|sino|sol[oó]|no)",
    depending=r"(?:si|cuando|hasta|mientras|porque|ya que|desde|después|antes|una vez|aunque|para que)",
    subjects=r"(?:yo|nosotr[oa]s|tú|usted(?:es)?|él|ell[ao]s?|est[oe]|eso)",
)
CHINESE = ClauseGrammar(
    opening=r"(?:嗯|哦|啊|哈哈|你好|您好|是的|对|好的|谢谢|对了|那|而且)",
    joining=r"(?:而且|并且|所以|但是|但|可是|不过|还有)",
    contrast=r"(?:但是|但|可是|不过|虽然|除了|只是)",
    depending=r"(?:如果|要是|假如|当|直到|因为|自从|虽然|除非|只要|等)",
    subjects=r"(?:我们?|你们?|您|他们?|她们?|它们?|这|那)",
)
