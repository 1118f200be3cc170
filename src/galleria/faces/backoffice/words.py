"""What a person is told when something was refused: what is wrong, and what to do about it.

By code, since codes stay what they are. Each sentence is a message of the catalogues in `locales`;
`_` only marks it for the tools that collect them.
"""


def _(text: str) -> str:
    return text


PROBLEMS: dict[str, str] = {
    # Fields, whatever they belong to.
    "required": _("Please fill this in."),
    "too_long": _("This is too long. Shorten it."),
    "too_short": _("This is too short."),
    "too_many": _("These are too many. Keep fewer of them."),
    "too_large": _("This is too large."),
    "too_small": _("This number is too small."),
    "pattern_mismatch": _("This is not in the form expected here. Look at the hint."),
    "wrong_type": _("This is not the kind of value expected here."),
    "unknown_value": _("This is none of the choices."),
    "invalid_format": _("This is not in the form expected here. Look at the hint."),
    "invalid_value": _("This value cannot be used."),
    "out_of_range": _("This number is too large or too small."),
    "invalid_number": _("Write a number, such as 12 or 3.5."),
    "invalid_amount": _("Write an amount, such as 12.90."),
    "invalid_boolean": _("Choose yes or no."),
    "invalid_color": _("Write a colour as six digits, such as #1f6f5c."),
    "invalid_input": _("Some fields need another look. They are marked below."),
    "precondition_failed": _(
        "Somebody else has changed this meanwhile. Your entries are still here: "
        "save once more to replace theirs."
    ),
    "nothing_chosen": _("Nothing was chosen. Fill in at least one quantity."),
    "file_needed": _("Choose a file first."),
    # The door.
    "form_refused": _("This page was out of date. Go back, reload it and try again."),
    "upload_broken": _("The file did not arrive whole. Please send it again."),
    "body_too_large": _("This is more than can be sent at once. Take a smaller file."),
    "scope_missing": _("Your role does not include this. Ask an owner of the shop."),
    "shop_not_found": _("There is no such shop, or you do not work there."),
    "page_not_found": _("This page is not here. It may have moved, or never been."),
    "internal_error": _(
        "Something went wrong on our side. It has been noted; please try again in a moment."
    ),
    "database_unavailable": _("The house cannot answer at present. Try again in a moment."),
    "invalid_cursor": _("This page of the list has gone. Begin with the first one."),
    # People.
    "sign_in_refused": _("E-mail or password is not right. Check both and try again."),
    "too_many_attempts": _("There were too many attempts. Wait some minutes, then try again."),
    "sign_in_busy": _("Many people are signing in at once. Try again in a moment."),
    "invalid_email": _("This is no e-mail address. Check it for mistyped characters."),
    "password_too_weak": _(
        "This password is too easy to guess. Take at least 12 characters, not all alike, "
        "and not the e-mail address."
    ),
    "passwords_differ": _("The two new passwords are not the same. Type them once more."),
    "password_not_right": _("This is not your present password."),
    "wrong_code": _("This code is not right. Wait for the next one and type that."),
    "totp_is_on": _("The second factor is on already."),
    "totp_is_off": _("There is no second factor at present."),
    "last_owner": _("A shop keeps at least one owner. Make someone else an owner first."),
    "scope_not_held": _("You cannot give what you may not do yourself. Ask an owner."),
    "unknown_role": _("Choose one of the roles."),
    "unknown_scope": _("Choose at least one of the permissions."),
    "person_not_found": _("Nobody has this number. It stands on the person's account page."),
    "membership_not_found": _("This person does not work here any more."),
    "ask_for_number": _(
        "This address cannot be added as a new person. If they have an account here, "
        "ask them for the number on their account page and use that."
    ),
    "key_expiry_in_past": _("This day has passed. Choose a later one."),
    "key_kind_does_not_fit": _("A key of this kind cannot have this. Choose another kind."),
    "key_binding_unknown": _("The shop does not have this any more. Choose another."),
    "invalid_network": _("Write networks such as 192.0.2.0/24, or single addresses."),
    "invalid_origin": _("Write origins such as https://www.example.com, without a path."),
    "key_not_rotatable": _("This key opens nothing any more. Make a new one."),
    "key_already_rotated": _("This key is being replaced already. Finish or cancel that first."),
    "shop_is_live": _("This is done in a sandbox only, and this shop is none."),
    "clock_goes_back": _("The clock of a sandbox goes forward only."),
    "request_not_kept": _("This request is not kept any more."),
    "request_not_replayable": _("This request cannot be sent again."),
    "replay_would_write": _("It would change something. Tick that this is meant."),
    "key_not_in_grace": _("This key is not being replaced, or its time is over."),
    "key_not_found": _("There is no such key."),
    # The shop.
    "slug_taken": _("Another shop has this name in addresses. Choose another."),
    "invalid_slug": _("Use 2 to 63 of the letters a-z, digits and single hyphens."),
    "host_taken": _("This domain leads to another shop already."),
    "invalid_host": _("This is no domain a shop can have. Write it as in www.example.com."),
    "channel_code_taken": _("Another sales channel has this code. Choose another."),
    "locale_in_use": _(
        "A sales channel still uses a language you are removing. Remove it there first."
    ),
    "locale_not_offered": _("This language is not among those of the shop."),
    "unknown_currency": _("This is no currency. Write three letters, such as EUR."),
    "unknown_country": _("This is no country. Write two letters, such as DE."),
    "shipping_method_code_taken": _("Another rate has this code in this currency."),
    "shipping_method_changed": _(
        "Somebody else has changed this meanwhile. Reload the page and try again."
    ),
    "sku_not_found": _("Nothing here has this SKU."),
    "below_reserved": _("More of it is promised to customers. Count again, or send those orders."),
    "invalid_transfer": _("Choose two different locations."),
    "invalid_level": _("So many cannot lie on a shelf."),
    "invalid_stock_policy": _("These terms contradict each other. Look at them again."),
    "incoming_closed": _("This delivery is not expected any more."),
    "incoming_exceeded": _("More came than was expected. Note another delivery for the rest."),
    "incoming_not_found": _("This delivery is not here."),
    "location_code_taken": _("Another location has this code. Choose another."),
    "last_location": _("A shop keeps at least one active location."),
    # Search.
    "invalid_curation": _("This cannot hold as it is. The fields are marked below."),
    "too_many_curations": _("The shop has as many of these as it may have. Remove some first."),
    "curation_not_found": _("This is not here. Somebody may have removed it."),
    "says_nothing": _("Say what is to come first, not at all, earlier or later."),
    "product_unknown": _("One of these is no product of the shop. Write the end of its address."),
    "redirect_elsewhere": _("Only typed words lead elsewhere, and not back to the search."),
    "invalid_ranking": _("Results cannot be ordered like this. The fields are marked below."),
    "too_many_rankings": _("The shop has as many orders as it may have. Remove some first."),
    "ranking_not_found": _("This order is not here. Somebody may have removed it."),
    "ranking_name_taken": _("There is an order of this name. Choose another."),
    "name_reserved": _("This name has a meaning of its own here. Choose another."),
    "invalid_search_limits": _(
        "A key cannot be limited so: it would find nothing, or it says too much."
    ),
    "search_key_not_found": _("This key is not here."),
    "filter_unreadable": _("Write each line as in brand = Oak, Elm."),
    "lift_unreadable": _("Write each line as in brand = Oak, Elm: +3."),
    "invalid_synonyms": _("These words cannot be kept so. The fields are marked below."),
    "too_many_synonyms": _("The shop has as many synonyms as it may have. Remove some first."),
    "synonyms_not_found": _("These synonyms are not here."),
    "invalid_judgment_set": _("This set cannot be kept so. The fields are marked below."),
    "judgment_set_not_found": _("This set of judgments is not here. Somebody may have removed it."),
    "too_many_judgment_sets": _(
        "The shop has as many sets of judgments as it may have. Remove some first."
    ),
    "too_many_judgments": _("A set has at most 200,000 judgments. Send fewer, or begin another."),
    "unreadable_judgments": _(
        "This is no table of judgments. Its first line has to name the columns "
        "query, product_id and grade."
    ),
    "invalid_judgment": _("This cannot be judged so."),
    "relevance_run_not_found": _("This run is not here. Only the latest fifty are kept."),
    "run_without_query": _("This run did not ask this. Choose another."),
    "unknown_profile": _("The search has no such profile."),
    "search_unavailable": _("The search cannot answer at present. Try again in a moment."),
    "needs_two": _("Write two words that mean the same, or one and what it means."),
    "said_twice": _("A word stands on both sides. Leave it on one."),
    # How clients are answered.
    "invalid_channel_profile": _("Clients cannot be answered so. The fields are marked below."),
    "channel_profile_not_found": _("This profile is not here. Somebody may have removed it."),
    "channel_profile_built_in": _("This profile is always there. It can be as it came again."),
    "too_many_channel_profiles": _("The shop has as many profiles as it may have."),
    "html_not_cut": _("Only plain text is cut. Choose plain text, or leave this empty."),
    "invalid_width": _("Write each width once, from 16 to 4096, parted by commas."),
    # Redirects.
    "invalid_redirect": _("This redirect needs another look. The fields are marked below."),
    "redirect_exists": _("There is a redirect from this address already. Remove that one first."),
    "redirect_loop": _("This would lead round in a circle. Choose another page to lead to."),
    "foreign_address": _("Write an address of this shop without its domain, such as /old-page."),
    "invalid_path": _("This is no address of a page. Write it as in /old-page."),
    "insecure_target": _("Another site has to be reached by https://."),
    "invalid_url": _("This is no address of a site. Write it as in https://www.example.com/page."),
    # Many products at once.
    "invalid_act": _("Choose what is to be done, and with which products."),
    "act_not_undoable": _("This cannot be taken back: it is under way, or changed nothing."),
    "act_not_found": _("This change of many products is not here any more."),
    "view_not_found": _("There is no such view, or it is somebody else's."),
    "too_many_views": _("You keep as many views as you can. Drop one you do not need."),
    "invalid_formula": _("The prices cannot be changed so. Look at the marked fields."),
    # Products.
    "product_not_found": _("This product is not here any more."),
    "variant_not_found": _("This variant is not here any more."),
    "invalid_digital_good": _("The variant cannot be had so. See below."),
    "kind_in_use": _("It has files or licences of the other kind. Take those away first."),
    "digital_good_not_found": _("This variant is not digital. Say first what buyers get."),
    "too_many_files": _("A variant carries at most 50 files."),
    "invalid_licences": _("Write 1 to 5,000 licences, one a line of at most 500 characters."),
    "order_has_no_downloads": _("Nothing in this order can be downloaded any more."),
    "invalid_bundle": _("The variant cannot be a bundle of these. See below."),
    "unknown_component": _("There is no such variant. Look at the SKU."),
    "bundle_nested": _("A bundle cannot contain another bundle. Name what that one contains."),
    "bundle_circular": _("A bundle cannot contain itself."),
    "duplicate_component": _("This is named twice. Raise the number instead."),
    "two_discounts": _("Take off a percentage or amounts, not both."),
    "discount_not_possible": _("Only a price made of the components can be reduced."),
    "invalid_product": _("The product needs another look. The fields are marked below."),
    "stale_version": _(
        "Somebody else has changed this product while you were at it. Your entries are still "
        "here and nothing was lost: compare, then save once more to replace theirs."
    ),
    "handle_taken": _("Another page has this address. Choose another."),
    "invalid_handle": _("Use lower-case letters a-z, digits and single hyphens."),
    "sku_taken": _("Another variant has this SKU. Choose another."),
    "external_ref_taken": _("Another product has this reference by now."),
    "version_not_kept": _("The history does not reach back to this version."),
    "change_does_not_fit": _(
        "A word of this version is called otherwise now, so that the way back is lost."
    ),
    "duplicate_sku": _("Two variants have this SKU. Give each its own."),
    "combination_taken": _("Another variant has these option values."),
    "duplicate_combination": _("Another variant has these option values."),
    "too_many_combinations": _(
        "These are more than 200 combinations. Begin with fewer values and add variants later."
    ),
    "too_many_options": _("A product has at most three options."),
    "duplicate_option": _("Two options have this name. Give each its own."),
    "duplicate_value": _("A value stands here twice."),
    "option_value_in_use": _(
        "A variant still has a value you are removing. Remove or change that variant first."
    ),
    "option_count": _(
        "A product with several variants keeps its number of options. Remove variants first."
    ),
    "missing_option_value": _("Choose a value for each option."),
    "unknown_option_value": _("This value is not among those of the option."),
    "last_variant": _("A product keeps at least one variant."),
    "product_not_publishable": _(
        "It cannot go on sale as it is. Take it out of the archive first, "
        "and see that it has a variant."
    ),
    "attribute_kind_mismatch": _("This property is of another kind: look at its other values."),
    "unknown_choice": _("This is none of the choices of this property."),
    "invalid_code": _("Use lower-case letters, digits and underscores."),
    "too_many_attributes": _("These are too many properties. Keep those that matter."),
    "category_not_empty": _("Other categories lie in it. Remove or move those first."),
    "category_not_found": _("This category is not here any more."),
    "collection_not_found": _("This collection is not here any more."),
    "collection_by_rule": _("Its rule chooses the products. Change the rule instead."),
    "invalid_rule": _("The rule needs another look. The conditions are marked below."),
    "invalid_collection": _("The collection needs another look. The fields are marked below."),
    "ends_before_start": _("It ends before it begins."),
    "empty_range": _("It ends before it begins."),
    "empty_group": _("Write at least one condition."),
    "too_many_conditions": _("A rule has at most fifty conditions."),
    "too_deep": _("Groups inside groups go at most three deep."),
    "no_member": _("This product is not in the collection any more."),
    "too_many_rules": _("The shop has as many rules as it may. Remove one first."),
    "too_many_members": _("Lists of more than 20,000 products are not put in order by hand."),
    "invalid_structure": _("This cannot be arranged so. Categories lie at most eight deep."),
    "not_an_image": _("This is no picture we read. Send a PNG, JPEG, GIF, WebP or AVIF file."),
    "stock_too_low": _("Fewer would be there than nothing, or than customers were promised."),
    "count_or_move": _("Either count anew or move by some, not both in one row."),
    "location_not_found": _("This location is not here any more."),
    "price_needed": _("A price cannot be emptied. Write an amount, 0.00 for a gift."),
    "invalid_price": _("Some prices are no amounts. They are marked below."),
    # The dictionary.
    "attribute_not_found": _("This property is not here any more."),
    "attribute_value_not_found": _("This value is not here any more."),
    "attribute_set_not_found": _("This set is not here any more."),
    "product_type_not_found": _("This product type is not here any more."),
    "metafield_definition_not_found": _("This metafield is not here any more."),
    "base_attribute_not_found": _("There is no such ready-made property."),
    "invalid_attribute": _("The property needs another look. The fields are marked below."),
    "invalid_attribute_value": _("The value needs another look. The fields are marked below."),
    "invalid_attribute_set": _("The set needs another look. The fields are marked below."),
    "invalid_product_type": _("The product type needs another look. The fields are marked below."),
    "invalid_metafield_definition": _(
        "The metafield needs another look. The fields are marked below."
    ),
    "attribute_code_taken": _("Another property has this code. Choose another."),
    "word_taken": _(
        "Another value is this word, or was called so. Choose another, or merge the two."
    ),
    "dictionary_handle_taken": _("Another one has this name already. Choose another."),
    "dictionary_full": _("The shop has as many of these as it may. Remove some first."),
    "dictionary_entry_changed": _(
        "Somebody else has changed this meanwhile. Your entries are still here: "
        "save once more to replace theirs."
    ),
    "attribute_set_in_use": _("A product type uses this set. Choose another there first."),
    "attribute_value_in_use": _(
        "A product or a rule still uses this value. Archive it, or merge it into another."
    ),
    "attribute_value_use_unknown": _(
        "The shop has too many products to be sure that none uses this value. Archive it instead."
    ),
    "merged_into_itself": _("These are the same value already."),
    "not_chosen": _("This property has no values to choose among."),
    "unknown_word": _("This is none of the values of the property. Look at the spelling."),
    "invalid_word": _("A value is one line of at most 200 characters."),
    "invalid_swatch": _("Choose a colour, or write the id of a picture."),
    "unknown_attribute": _("There is no such property. Look at the spelling."),
    "repeated_attribute": _("This property is in the list already."),
    "repeated_axis": _("This property is in the list already."),
    "not_an_axis": _("Variants cannot differ by this property. Look at what it is used for."),
    "axis_in_rules": _("A rule still speaks of a property you are removing. Change it first."),
    "in_use": _("The variants of a product type differ by it. Change that type first."),
    "fixed": _("This cannot be changed once it is there."),
    "invalid_reference": _("Choose what the reference leads to."),
    "not_a_decimal": _("Only a decimal number has digits behind the point."),
    "not_a_number": _("Only a number has this."),
    "unknown_unit": _("This is no unit we know. Look at the list, such as mm, kg or ml."),
    "not_shippable": _("What is digital is not sent."),
    "unknown_fact": _("The pattern names something that is not there. Look at the hint."),
    "unbalanced_braces": _("A brace is missing in the pattern. Look at the hint."),
    "repeated_rule": _("Another rule has this name. Choose another."),
    "wrong_combination": _("Each line has a value for each of the ticked properties."),
    "rules_not_ready": _("A rule or a choice is not complete yet."),
    "invalid_choices": _("Write each choice once, and at least one of them."),
    "not_a_text": _("Only a text has a length."),
    "not_a_list": _("Only what holds several has this."),
    # Price lists.
    "price_list_not_found": _("This price list is not here."),
    "price_list_code_taken": _("Another price list has this code. Choose another."),
    "price_list_changed": _(
        "Somebody else has changed this meanwhile. Your entries are still here: "
        "save once more to replace theirs."
    ),
    "price_list_fixed": _("A base list always counts: only its name can be changed."),
    "too_many_price_lists": _("The shop has as many price lists as it may."),
    "invalid_price_list": _("The price list needs another look. The fields are marked below."),
    "not_after_start": _("It ends before it begins."),
    "not_sold_in": _("No sales channel sells in this currency."),
    "not_the_channels": _("This sales channel sells in another currency."),
    "reserved": _("Codes of this form are for base lists. Choose another."),
    "too_many_tiers": _("A variant has at most 20 prices in a list."),
    "repeated_tier": _("There is a price from this number of pieces on already."),
    "invalid_price_formula": _("The formula needs another look. The steps are marked below."),
    "invalid_ending": _("Write digits that a price may end in, such as .99 or 9.95."),
    "ambiguous": _("Choose by one thing at a time."),
    "no_step": _("Add at least one step."),
    "price_edit_not_found": _("This change of prices is not here."),
    "price_edit_not_undoable": _(
        "This change cannot be taken back: it is still under way, or too long ago."
    ),
    "customer_group_not_found": _("There is no such customer group any more."),
    "channel_not_found": _("There is no such sales channel any more."),
    # Orders.
    "order_not_found": _("This order is not here."),
    "order_changed": _(
        "Somebody else worked on this order meanwhile. Look at it again, then repeat."
    ),
    "order_not_fulfillable": _("These pieces cannot be sent. Look at what is left to send."),
    "order_not_cancellable": _("This order can no longer be cancelled."),
    "order_not_refundable": _("This is more than is left to give back."),
    "no_such_customer": _("These are no customers of the shop yet. Nobody was added."),
    "customer_group_code_taken": _("Another group has this code. Choose another."),
    "customer_group_changed": _(
        "Somebody else has changed this meanwhile. Your entries are still here: "
        "save once more to replace theirs."
    ),
    "too_many_customer_groups": _(
        "There are as many groups as can be: a shop has 500, a customer is in 20."
    ),
    "customer_changed": _(
        "Somebody else has changed this meanwhile. Your entries are still here: "
        "save once more to replace theirs."
    ),
    "invalid_metafields": _("Some fields need another look. They are marked below."),
    "customer_not_found": _("This customer is not here."),
    # Product files.
    "unreadable_file": _(
        "This file cannot be read as a product file. Send a CSV with a header line, "
        "or one JSON object on each line."
    ),
    "suspicious_file": _("This packed file unpacks to far too much. Send it unpacked."),
    "product_file_not_found": _("The file is not kept any more. Please send it again."),
    "missing_title": _("No column fills the title. Choose the one that does."),
    "missing_key": _(
        "Nothing tells the products apart. Choose a column for SKU, address or number, or one "
        "that brings the rows of a product together."
    ),
    "unknown_field": _("There is no such field. Choose one of the list."),
    "column_or_constant": _("Fill in the value, or leave the field out."),
    "import_mapping_changed": _(
        "Somebody else has changed this meanwhile. Your entries are still here: "
        "save once more to replace theirs."
    ),
    "import_mapping_not_found": _("This mapping is not here any more."),
    "missing_columns": _("The file lacks columns that the mapping reads."),
    "import_has_no_taker": _("Files of this kind cannot be taken in here."),
    "export_not_ready": _("The file is not written yet, or not kept any more."),
    "import_not_found": _("This import is not here."),
    "import_finished": _("The import has come to its end already."),
    "import_not_paused": _("The import has ended or is being undone. Reload the page."),
    "import_not_undoable": _(
        "This import cannot be undone: it wrote nothing, is under way, or ended over 30 days ago."
    ),
    "blob_too_large": _("A product file has at most 20 GB. Split it."),
    "blob_unavailable": _("Files cannot be kept at present. Try again in a moment."),
    "image_not_found": _("This picture is not here any more."),
    # Apps.
    "app_not_found": _("This app is not here any more."),
    "app_page_not_found": _("The app is not installed, or has no such page."),
    "app_handle_taken": _("The shop has this app already. Give that one the new manifest."),
    "app_namespace_taken": _("Another app keeps its fields under this name. Uninstall it first."),
    "too_many_apps": _("The shop has as many apps as it may. Uninstall one first."),
    "app_not_installed": _("The app is not installed yet. Begin in the app, and approve it."),
    "app_secret_in_grace": _(
        "Two secrets sign at present. Wait until the older one ends, or let it sign no longer."
    ),
    "app_asks_otherwise": _("The app asks for something else by now. Read it once more."),
    "namespace_of_app": _("These fields are an app's: it alone changes them."),
    # Webhooks.
    "webhook_not_found": _("This webhook is not here any more."),
    "webhook_changed": _(
        "Somebody else has changed this meanwhile. Your entries are still here: "
        "save once more to replace theirs."
    ),
    "offline_price_changed": _("It was sold at a price that does not hold."),
    "offline_order_invalid": _("It cannot have been sold like this."),
    "out_of_stock": _("There are not so many in stock. Count the shelf."),
    "variant_not_for_sale": _("The shop does not sell this at present."),
    "total_changed": _("It comes to another total than was taken."),
    "idempotency_key_reused": _("Another sale was handed in by the same key."),
    "shipping_address_required": _("It is to be sent, and says not where to."),
    "webhook_not_enabled": _("Nothing is sent there at present. Enable it first."),
    "webhook_line_unreadable": _(
        "A line cannot be read. It begins with an event that is ticked above; look at the hint."
    ),
    "address_refused": _(
        "Nothing can be sent there. The address starts with https:// and is on the internet."
    ),
    "event_scope_not_held": _("You may not read what some of these events tell."),
    "too_many_webhooks": _("The shop has as many webhooks as it may. Remove one first."),
    "too_many_webhook_secrets": _("Too many secrets sign already. Wait until one has ended."),
    "unknown_event": _("There is no such event."),
}

# What to do about a line of a product file; as the imports room says it, for the catalogues. A code
# that is missing here is told in the room's own words.
REMEDIES: dict[str, str] = {
    "attribute_kind_mismatch": _(
        "Write this property as the same kind of value in every product:"
        " text, number, or true and false."
    ),
    "below_reserved": _(
        "More is promised to customers than the file says is there. Count again,"
        " or ship these orders first."
    ),
    "damaged_csv": _("Put quotes round the whole field, and write a quote inside it as two."),
    "duplicate_combination": _("Give each variant its own choice of option values."),
    "duplicate_handle": _("Give each product a handle of its own."),
    "duplicate_product": _("Keep one of them, or give them different handles or ids."),
    "duplicate_sku": _("Give each variant an SKU of its own and import the file again."),
    "handle_taken": _(
        "Another product of the shop has this address. Choose another handle,"
        " or the other product's id."
    ),
    "incomplete_product": _("Mend the line that could not be read, and import the file again."),
    "invalid_boolean": _("Write true or false."),
    "invalid_code": _("Use lower-case letters, digits and underscores in the name."),
    "invalid_gift_card": _(
        "Gift cards are not sold as such yet; it went in as an ordinary product."
    ),
    "invalid_image": _("Write an address that begins with https://."),
    "invalid_number": _("Write digits only, with a point before decimals."),
    "invalid_price": _("Write the amount with a decimal point and nothing else, as in 12.90."),
    "invalid_quantity": _("Write a whole number, zero or more."),
    "invalid_status": _("Write active, draft or archived."),
    "invalid_url": _("Write an address that begins with https://."),
    "line_too_long": _("Split the product, or look for a missing line break."),
    "malformed_json": _("Write one JSON object on each line, in UTF-8."),
    "missing_handle": _("Fill in the handle: rows with the same one make one product."),
    "missing_option_name": _("Name the option in the product's first row."),
    "missing_option_value": _("Fill in a value for each option the product has."),
    "missing_price": _("Without a price it cannot be sold. Fill one in."),
    "nul_character": _("Remove the NUL character; the file was damaged on its way."),
    "option_not_supported": _("A product has at most three options. Join two of them into one."),
    "option_values_missing": _("Name the options, with their values in order."),
    "picture_left_out": _("Upload the picture again."),
    "price_refused": _("Write a price of zero or more."),
    "read_as_windows_1252": _(
        "If letters look wrong, save the file as CSV UTF-8 and import it again."
    ),
    "required": _("Fill it in."),
    "sku_taken": _("Another product of the shop has this SKU. Change one of the two."),
    "sku_too_long": _("An SKU has at most 100 characters."),
    "too_deep": _("Take the nested data out."),
    "too_large": _("Use a smaller number."),
    "too_long": _("Shorten the text."),
    "too_many": _("Keep fewer of them."),
    "too_many_attributes": _("Keep the properties that matter, at most 250."),
    "too_many_options": _("A product has at most three options. Join two of them into one."),
    "too_many_variants": _("Split the product: it may have at most 10,000 variants."),
    "unclosed_quote": _("Find the quote that opens on this line and close it."),
    "unknown_channel": _("Name a sales channel of this shop, or leave the channel out."),
    "unknown_choice": _("Use one of the choices of this property, or add the choice to it."),
    "unknown_column": _("Nothing, if you do not miss it; else rename the column as documented."),
    "unknown_currency": _("Use a currency one of the shop's sales channels sells in."),
    "unknown_field": _("Nothing, if you do not miss it; else rename the field as documented."),
    "unknown_location": _("Name a stock location of this shop."),
    "unknown_option_value": _(
        "Use the same spelling for the value in the options and the variant."
    ),
    "wrong_column_count": _(
        "Compare the row with the header: a comma too many, or a quote missing."
    ),
    "wrong_type": _("Write this field as the kind of value the documentation names."),
}
